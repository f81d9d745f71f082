// What the benchmark tells: chain id, accounts and the gas of a block.
const { chainId, mnemonic, accounts, balanceWei, blockGas } = JSON.parse(process.env.WATTCHAIN_BENCH);

export default {
  networks: {
    node: {
      type: 'edr-simulated',
      chainId,
      blockGasLimit: blockGas,
      accounts: { mnemonic, count: accounts, accountsBalance: balanceWei },
      loggingEnabled: false,
    },
  },
};
