const form = document.querySelector('#login');

function connect() {
  const socket = io({ auth: { token: window.localStorage.getItem('chat.token') } });
  socket.on('connect_error', (err) => {
    if (err.message === 'unauthorized') {
      window.localStorage.removeItem('chat.token');
      form.hidden = false;
    }
  });
  socket.on('message', ({ author, body }) => {
    const li = document.createElement('li');
    li.textContent = `${author}: ${body}`;
    document.querySelector('#messages').append(li);
  });
}

form.addEventListener('submit', async (e) => {
  e.preventDefault();
  const res = await fetch('/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  if (!res.ok) return;
  const { token } = await res.json();
  window.localStorage.setItem('chat.token', token);
  form.hidden = true;
  connect();
});

if (window.localStorage.getItem('chat.token')) connect();
