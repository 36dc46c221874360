/** Who one is here, as the server says, and what one may do. Nobody in particular may do everything. */

const ROLES = ['viewer', 'client', 'operator'];

export const who = { name: '', role: 'operator' };

/** Takes over what the server says of this browser's session. */
export function meet(session) {
  who.name = session.name ?? '';
  who.role = session.role ?? 'operator';
}

/** Whether one may do what wants this role. */
export const may = (role) => ROLES.indexOf(who.role) >= ROLES.indexOf(role);

/** Why one may not. */
export const whyNot = (role) =>
  `Your token is for the role ${who.role}; this takes the role ${role}. Sign in with another token.`;
