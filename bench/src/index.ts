export * from './searchRate.js';
export * from './validationRate.js';
