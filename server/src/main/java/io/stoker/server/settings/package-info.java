/// What the program can be told: every key, its default and its check, in one place.
///
/// Start at [io.stoker.server.settings.Settings]. A [io.stoker.server.settings.Configuration] says
/// where the values come from; `SessionSettings`, `AnswerSettingsKeys`, `PromptSettingsKeys` and
/// `HttpSettings` have the keys of one part each; `DatabaseUrl`, `RedisUrl` and `ServerUrl` read
/// addresses. `StartupChecks` refuses settings with which a server must not start.
@NullMarked
package io.stoker.server.settings;

import org.jspecify.annotations.NullMarked;
