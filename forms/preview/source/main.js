// Shows one form with ODK Web Forms. Everything comes from the address the page came from.
import { OdkWebForm, webFormsPlugin } from '@getodk/web-forms';
import { createApp, h } from 'vue';

async function fetchAttachment(url) {
  const name = String(url).split('/').pop();
  return fetch(`./media/${name}`);
}

// The answers stay in this page: the reviewer sees what the phone would send.
async function showAnswers(payload) {
  const file = payload.data[0].get('xml_submission_file');
  document.querySelector('#answers pre').textContent = await file.text();
  document.querySelector('#answers').hidden = false;
  document.querySelector('#app').hidden = true;
  document.querySelector('#answers').scrollIntoView();
}

function showFailure(error) {
  const place = document.querySelector('#failure');
  place.textContent = `Le formulaire ne s’affiche pas : ${error}`;
  place.hidden = false;
}

try {
  const response = await fetch('./form.xml');
  if (!response.ok) throw new Error(`form.xml: ${response.status}`);
  const formXml = await response.text();
  const properties = {
    formXml,
    missingResourceBehavior: 'BLANK',
    preloadProperties: { username: 'apercu', deviceID: 'apercu' },
    fetchFormAttachment: fetchAttachment,
    onSubmit: showAnswers,
  };
  const app = createApp({ render: () => h(OdkWebForm, properties) });
  app.use(webFormsPlugin);
  app.mount('#app');
} catch (error) {
  showFailure(error);
}
