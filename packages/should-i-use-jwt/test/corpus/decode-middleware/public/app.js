async function logIn(name, password) {
  const response = await fetch('/api/login', { method: 'POST', body: JSON.stringify({ name, password }) })
  const { token } = await response.json()
  localStorage.setItem('token', token)
}

document.querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault()
  logIn(event.target.name.value, event.target.password.value)
})
