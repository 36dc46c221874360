/// Authentication: tokens, their roles and restrictions, and the proxies that are trusted.
///
/// A [io.stoker.server.access.Caller] has a [io.stoker.server.access.Role].
/// [io.stoker.server.access.Tokens] holds the valid tokens: the one in the settings
/// ([io.stoker.server.access.ConfiguredToken]) and those in a store
/// ([io.stoker.server.access.TokenStore]). What each role may do is declared by the routes in
/// [io.stoker.server.http].
@NullMarked
package io.stoker.server.access;

import org.jspecify.annotations.NullMarked;
