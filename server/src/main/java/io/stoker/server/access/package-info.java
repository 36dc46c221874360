/// Who may call the server.
///
/// A [io.stoker.server.access.Caller] has a [io.stoker.server.access.Role]. Whose token is in
/// force, [io.stoker.server.access.Tokens] knows: the one of the settings
/// ([io.stoker.server.access.ConfiguredToken]) and those of a file of hashes
/// ([io.stoker.server.access.TokenFile]). Which proxies may say who calls is in
/// [io.stoker.server.access.TrustedProxies]. What each role may do stands on the doors of
/// [io.stoker.server.http].
@NullMarked
package io.stoker.server.access;

import org.jspecify.annotations.NullMarked;
