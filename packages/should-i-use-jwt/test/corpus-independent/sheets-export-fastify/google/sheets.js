import { googleAccessToken } from './service-account.js'

export async function appendRows (sheetId, values) {
  const url = new URL(`https://sheets.googleapis.com/v4/spreadsheets/${sheetId}/values/A1:append`)
  url.searchParams.set('valueInputOption', 'RAW')
  const res = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await googleAccessToken()}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ values })
  })
  if (!res.ok) throw new Error(`Sheets: ${res.status}`)
}
