import type { Command } from 'commander';
import { addGroup } from '../program.js';
import { addCommunityCheckCommand } from './communityCheck.js';
import { addCommunityResolutionCommand } from './communityResolution.js';
import { addCommunityRunCommand } from './communityRun.js';
import { addCommunityVerifyCommand } from './communityVerify.js';

/** `wattchain community …`: a community's own data, under every rule. */
export function addCommunityCommands(program: Command): void {
  const group = addGroup(program, 'community', "a community's market on data of its own");
  addCommunityRunCommand(group);
  addCommunityVerifyCommand(group);
  addCommunityResolutionCommand(group);
  addCommunityCheckCommand(group);
}
