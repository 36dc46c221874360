package io.stoker.answers;

import io.stoker.TextRules;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What is to become of a claimed question.
public sealed interface Verdict {

  /// It has ended.
  ///
  /// @param detail why, in few words; empty for nothing
  record End(AnswerOutcome outcome, String detail) implements Verdict {

    /// Replaces what keeps the detail from being whole.
    public End {
      detail = TextRules.cleaned(detail);
    }
  }

  /// It is to be tried again, and this try counted.
  ///
  /// @param detail what was wrong with this one
  record TryAgain(Instant notBefore, String detail) implements Verdict {

    /// Replaces what keeps the detail from being whole.
    public TryAgain {
      detail = TextRules.cleaned(detail);
    }
  }

  /// It is to be tried again as if it had not been claimed: the worker stops, or whom it would have
  /// asked could not be reached or wants to be left alone.
  ///
  /// @param notBefore until when others are asked instead; null for no such time
  /// @param detail why
  record HandBack(@Nullable Instant notBefore, String detail) implements Verdict {

    /// Replaces what keeps the detail from being whole.
    public HandBack {
      detail = TextRules.cleaned(detail);
    }
  }
}
