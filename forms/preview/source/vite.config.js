import vue from '@vitejs/plugin-vue';
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

export default defineConfig({
  plugins: [vue()],
  base: './',
  build: {
    target: 'es2022',
    outDir: `../static/${dependencies['@getodk/web-forms']}`,
    emptyOutDir: true,
    chunkSizeWarningLimit: 4000,
  },
});
