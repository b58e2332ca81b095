import '@fontsource-variable/inter/wght.css'
import { mount } from 'svelte'
import App from './App.svelte'

const target = document.getElementById('window')
if (target) mount(App, { target })
