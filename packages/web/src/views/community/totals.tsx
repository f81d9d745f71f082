import {
  type Community,
  communityFigures,
  energyFigures,
  formatKwh,
  formatShare,
  formatTokens,
  type HomeRecord,
  homesOf,
} from '@wattchain/market';
import { names } from '../../api/community.js';
import { Energy, Tokens } from '../../components/amounts.js';
import { Card, Figure } from '../../components/basics.js';
import { shortAddress } from '../../format.js';
import { nameIn } from '../../model/names.js';

/** What a community's homes add up to over some periods, as far as meters were read. */
export function Totals({ title, community }: { title: string; community: Community }) {
  const total = communityFigures(community);
  const paid = community.flows.reduce((sum, flow) => sum + flow.paid, 0n);
  const isRead = total.readings > 0;
  return (
    <Card title={title} wide>
      <div class="figures">
        <Figure
          value={
            isRead ? (
              <span class="energy">
                <Energy mwh={total.producedMwh} />
              </span>
            ) : (
              '–'
            )
          }
          label="produced"
        />
        <Figure
          value={
            isRead ? (
              <span class="consumption">
                <Energy mwh={total.consumedMwh} />
              </span>
            ) : (
              '–'
            )
          }
          label="consumed"
        />
        <Figure
          value={
            <span class="energy">
              <Energy mwh={total.soldMwh} />
            </span>
          }
          label="between neighbours"
        />
        <Figure
          value={
            <span class="token">
              <Tokens units={paid} />
            </span>
          }
          label="paid for it"
        />
        <Figure
          value={formatShare(total.coveredMwh, total.consumedMwh)}
          label="local share"
          note="of the consumption: own sun and the neighbours'"
        />
      </div>
      {total.missing > 0 && <Missing homes={homesOf(community)} readings={total.readings} />}
      <details>
        <summary>Exact figures</summary>
        <dl class="facts">
          <dt>Produced</dt>
          <dd>{isRead ? `${formatKwh(total.producedMwh)} kWh` : 'not known'}</dd>
          <dt>Consumed</dt>
          <dd>{isRead ? `${formatKwh(total.consumedMwh)} kWh` : 'not known'}</dd>
          <dt>Used by who produced it</dt>
          <dd>{isRead ? `${formatKwh(total.ownUseMwh)} kWh` : 'not known'}</dd>
          <dt>Between neighbours</dt>
          <dd>{formatKwh(total.soldMwh)} kWh</dd>
          <dt>Paid for it</dt>
          <dd>{formatTokens(paid)} ENT</dd>
        </dl>
      </details>
    </Card>
  );
}

/** Homes that are named one by one. */
const MAX_NAMED = 4;

/** Whose readings the figures are without. */
function Missing({ homes, readings }: { homes: readonly HomeRecord[]; readings: number }) {
  const lacking = homes
    .map(({ owner, periods }) => ({ owner, ...energyFigures(periods) }))
    .filter(({ missing }) => missing > 0);
  const nameOf = ({ owner, missing, readings: read }: (typeof lacking)[number]) => {
    const name = nameIn(names.value, owner)?.name ?? shortAddress(owner);
    return read === 0 ? name : `${name} (${missing} of ${missing + read} periods)`;
  };
  const more = lacking.length - MAX_NAMED;
  const who = [...lacking.slice(0, MAX_NAMED).map(nameOf), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return (
    <p class="note">
      No reading yet of {who}.{readings > 0 && ' Production, consumption and local share are of those that were read.'}
    </p>
  );
}
