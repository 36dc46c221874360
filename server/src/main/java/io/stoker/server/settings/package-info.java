/// The program's settings: every key with its default and its validation.
///
/// Start at [io.stoker.server.settings.Settings]. [io.stoker.server.settings.Configuration] reads
/// the sources; `SessionSettings`, `AnswerSettingsKeys`, `PromptSettingsKeys` and `HttpSettings`
/// have the keys of one prefix each; `DatabaseUrl`, `RedisUrl` and `ServerUrl` parse addresses.
/// `StartupChecks` rejects settings with which a server must not start.
@NullMarked
package io.stoker.server.settings;

import org.jspecify.annotations.NullMarked;
