import { type Artifact, type SourceLine, sourceLineAt } from '@wattchain/vm';
import type { Abi, Address, Hex } from 'viem';
import { energyContracts, type NamedContract } from './artifacts.js';
import type { Connection } from './client.js';

/** What this side knows of contracts: the energy contracts, and those whose artifacts were given. */
export class Sources {
  readonly #connection: Connection;
  readonly #known = new Map<Address, Promise<Artifact | undefined>>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Takes note of a deployment: where its constructor failed no code stands, and only its data tell what ran. */
  noteDeployment(address: Address, data: Hex): void {
    const artifact = this.#connection.artifacts.find(({ code }) => data.toLowerCase().startsWith(code));
    if (artifact !== undefined) this.#known.set(address, Promise.resolve(artifact));
  }

  /** A place of a trace with its source line, where the node did not know it and this side does. */
  async of<T extends { readonly pc?: number; readonly source?: SourceLine }>(place: T, contract: Address): Promise<T> {
    if (place.source !== undefined || place.pc === undefined) return place;
    const artifact = await this.artifactAt(contract);
    const source = artifact === undefined ? undefined : sourceLineAt(artifact, place.pc);
    return source === undefined ? place : { ...place, source };
  }

  /** A contract by name and interface, as far as they are known. */
  async contract(address: Address): Promise<NamedContract & { readonly isEnergy: boolean }> {
    const energy = energyContracts(this.#connection).find((contract) => contract.address === address.toLowerCase());
    if (energy !== undefined) return { ...energy, isEnergy: true };
    const artifact = await this.artifactAt(address);
    return { address, name: artifact?.contract, abi: artifact?.abi as Abi | undefined, isEnergy: false };
  }

  /** The artifact of those given whose code stands at an address, or was to. */
  artifactAt(address: Address): Promise<Artifact | undefined> {
    const { artifacts, client } = this.#connection;
    if (artifacts.length === 0) return Promise.resolve(undefined);
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const asked = client
      .getCode({ address })
      .then((code) => artifacts.find((artifact) => artifact.code === code?.toLowerCase()));
    this.#known.set(address, asked);
    return asked;
  }
}
