import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [svelte()],
  // The page is served from inside the program, not from the root of a site.
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // WebKitGTK 2.50 and the web views of Windows and macOS understand at least this.
    target: 'safari16.4',
    // light-dark() must reach the web view as it is written: it follows the desktop.
    cssTarget: 'safari18',
    // Fonts stay files: the content policy allows nothing inlined as data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
