/** The signed-in user and what they may do. Where no token is required, everybody is an operator. */

/** The roles that have each permission. */
const ROLES = {
  read: ['viewer', 'operator'],
  use: ['client', 'operator'],
  operate: ['operator'],
};

export const user = { name: '', role: 'operator' };

/** Sets the user from the server's reply to `GET /api/session`. */
export function setUser(session) {
  user.name = session.name ?? '';
  user.role = session.role ?? 'operator';
}

/** Whether the user may `read`, `use` or `operate`. */
export const can = (permission) => ROLES[permission].includes(user.role);

/** Why a control is disabled, for its tooltip. */
export const denialOf = (permission) =>
  `Requires the role ${ROLES[permission].join(' or ')}; your token has the role ${user.role}.`;
