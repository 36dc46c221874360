package io.stoker.examples.warmonstart;

import io.stoker.WarmCounts;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs a warm run, with a warning and the reason if sessions stay cold.
final class RunLogger implements SessionEvents {

  private static final Logger LOG = LoggerFactory.getLogger(RunLogger.class);

  @Override
  public void started(SessionPlan plan) {
    LOG.info("Warming up to {} sessions", plan.limit());
  }

  @Override
  public void progress(WarmCounts counts, Duration took) {
    LOG.debug("Warmed {} sessions so far", counts.warmed());
  }

  @Override
  public void ended(SessionReport report) {
    if (report.state() == RunState.COMPLETED && report.meetsTarget()) {
      LOG.info(
          "Warmed {} sessions in {} ms; {} of {} sampled are found",
          report.counts().warmed(),
          report.took().toMillis(),
          report.found(),
          report.sampled());
    } else {
      LOG.warn("Sessions may be cold: {}. {}", report.state().label(), report.message());
    }
  }
}
