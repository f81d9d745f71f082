export * from './mine/measureMining.js';
export * from './searchRate.js';
export * from './validationRate.js';
