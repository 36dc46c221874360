/** Who one is here, as the server says, and what one may do. Where no token is needed, everything. */

/** Which roles each kind of deed takes. */
const ROLES = {
  read: ['viewer', 'operator'],
  use: ['client', 'operator'],
  operate: ['operator'],
};

export const who = { name: '', role: 'operator' };

/** Takes over what the server says of this browser's session. */
export function meet(session) {
  who.name = session.name ?? '';
  who.role = session.role ?? 'operator';
}

/** Whether one may `read`, `use` or `operate`. */
export const may = (deed) => ROLES[deed].includes(who.role);

/** Why one may not. */
export const whyNot = (deed) =>
  `This takes a token of the role ${ROLES[deed].join(' or ')}; yours is of the role ${who.role}.`;
