import { WattchainError } from '@wattchain/core';
import { type SignedMeterReading, signReading, WALL_CLOCK } from '@wattchain/market';
import type { Command } from 'commander';
import { openSigner, type SignerOptions, withSigner } from '../keys/signer.js';
import { connectTo, type RpcOptions, withRpc } from '../options.js';
import { counted } from '../output.js';
import { addEnergyCommand } from './energyCommand.js';
import { type ReadingsOptions, readGiven, readingOf, withReadings } from './givenReadings.js';
import { formatLabel, formatWho } from './labels.js';
import { withExample } from './sending.js';
import { writeSignedFile } from './signedFile.js';

type SignOptions = RpcOptions & SignerOptions & ReadingsOptions & { readonly out: string };

/** `wattchain meter sign`: what a device does, for a gateway to bring. Nothing is sent. */
export function addSignCommand(group: Command): void {
  addEnergyCommand<SignOptions>(
    group,
    'sign',
    "sign readings with a meter's own key into a file, for a gateway to bring; nothing is sent",
    (command) =>
      withExample(
        withReadings(withSigner(withRpc(command))).requiredOption('--out <file>', 'where the signed readings go'),
        'wattchain account new roof-8-key      # once, for the device; its address is what wattchain meter register --device names',
        'wattchain meter sign --from roof-8-key --file readings.csv --out signed.json',
        'wattchain meter report --from gateway --signed signed.json',
      ),
    async (output, options) => {
      if (options.file === undefined) readingOf(options, WALL_CLOCK);
      const connection = await connectTo(options);
      const device = await openSigner(options, connection);
      const { readings, meters } = await readGiven(output, options, connection);
      for (const { meter, source, isDevice } of meters.values()) {
        if (isDevice && source.toLowerCase() === device.address.toLowerCase()) continue;
        throw new WattchainError(
          'notItsKey',
          `meter ${formatLabel(meter)} is ${isDevice ? `signed by ${formatWho(connection, source)}` : 'read by a reporter, not signed'}`,
          {
            values: { meter, source, isDevice, signer: device.address },
            hint: isDevice
              ? 'sign with that key'
              : 'report it, or give it a device key: wattchain meter source announce',
          },
        );
      }
      const place = { registryAddress: connection.contracts().registryAddress, chainId: connection.genesis.chainId };
      const signed: SignedMeterReading[] = [];
      for (const { place: _, ...reading } of readings) signed.push(await signReading(device, { ...place, reading }));
      writeSignedFile(options.out, connection, signed);
      const what = `${counted(signed.length, 'reading')} of ${counted(meters.size, 'meter')} signed into ${options.out}`;
      output.result(
        { file: options.out, readings: signed },
        `${what}\nbring them with: wattchain meter report --signed ${options.out}`,
      );
    },
  );
}
