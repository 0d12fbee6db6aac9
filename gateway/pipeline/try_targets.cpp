// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/try_targets.h"

#include "gateway/async/race.h"
#include "gateway/observability/logging.h"
#include "gateway/pipeline/collect.h"
#include "gateway/pipeline/plan_walk.h"

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

TryTerms termsOf(const RequestContext &context, const RoutePlan &plan)
{
    const Config &config = *context.runtime->config;
    const bool hasTriggers = plan.route && plan.route->fallbackOn;
    RetryPlan retry =
        makeRetryPlan(config.retry, context.exchange.request.headers, hasTriggers ? &*plan.route->fallbackOn : nullptr);
    retry.isRetryRefused = retry.isRetryRefused || !plan.mayRepeat;
    retry.mayRepeatDone = plan.mayRepeatDone;
    return {.retry = std::move(retry), .deadline = requestDeadline(config, plan, context.record.startedAt)};
}

Task<AttemptResult> oneAfterTheOther(RequestContext &context, const Prepare &prepare, const RoutePlan &plan)
{
    const TryTerms terms = termsOf(context, plan);
    PlanWalk walk(context, plan);
    do {
        PlanWalk::Step step = walk.takeNext();
        TargetResult result = co_await tryTarget(context, prepare, step.candidate, {.hasNext = walk.hasNext()}, terms,
                                                 std::move(step.permit));
        if (result)
            co_return walk.succeeded(step.candidate, *std::move(result));
        walk.failed(step.candidate, std::move(result.error()));
    } while (walk.mayGoOn());
    co_return std::unexpected(walk.failure());
}

/// Two targets at most that are asked side by side: another one joins whenever the only one is silent for too long.
class Hedge
{
public:
    Hedge(RequestContext &context, const Prepare &prepare, const RoutePlan &plan)
        : m_context(context),
          m_prepare(prepare),
          m_terms(termsOf(context, plan)),
          m_after(plan.route->hedgeAfter),
          m_walk(context, plan)
    {
    }

    /// The first usable answer, or the failure of all. Destroying the task aborts both calls.
    Task<AttemptResult> run()
    {
        startNext(false);
        for (;;) {
            const bool mayJoin = m_race.left() == 1 && m_walk.mayGoOn();
            std::optional<Finish> finish = co_await m_race.next(mayJoin ? m_joinAt : kNever);
            if (!finish) {
                join();
                continue;
            }
            const Candidate &candidate = *std::exchange(m_asked[finish->number], nullptr);
            if (finish->value)
                co_return m_walk.succeeded(candidate, *std::move(finish->value));
            const bool hasNotJoined =
                isRefusal(finish->value.error().failure.error) && finish->number + 1 == m_asked.size();
            m_walk.failed(candidate, std::move(finish->value.error()));
            if (m_race.left() > 0) { // its answer is as good
                if (hasNotJoined)
                    m_joinAt = Clock::now(); // the next one in its stead
                continue;
            }
            if (!m_walk.mayGoOn())
                co_return std::unexpected(m_walk.failure());
            startNext(false);
        }
    }

private:
    using Finish = Race<TargetResult>::Finish;

    void startNext(bool isHedge)
    {
        PlanWalk::Step step = m_walk.takeNext();
        m_asked.push_back(&step.candidate);
        m_joinAt = Clock::now() + m_after;
        m_race.start(tryTarget(m_context, m_prepare, step.candidate, {.hasNext = m_walk.hasNext(), .isHedge = isHedge},
                               m_terms, std::move(step.permit)));
    }
    void join()
    {
        const Candidate *silent = *std::ranges::find_if(m_asked, [](const Candidate *asked) { return asked; });
        logEvent(pipelineLog(), LogLevel::Info, "no answer yet, asking another target too",
                 {{"request_id", m_context.record.requestId},
                  {"provider", silent->providerId},
                  {"hedge_after_ms", static_cast<qint64>(m_after.count())}});
        startNext(true);
    }

    RequestContext &m_context;
    const Prepare &m_prepare;
    const TryTerms m_terms;
    const milliseconds m_after;
    PlanWalk m_walk;
    TimePoint m_joinAt = kNever;
    std::vector<const Candidate *> m_asked; // by their number in the race; null: it has ended
    Race<TargetResult> m_race;
};

// A stream's answer begins long before it is whole; a second one would be paid for nothing.
bool isHedged(const RequestContext &context, const RoutePlan &plan)
{
    return plan.mayHedge && plan.route && plan.route->hedgeAfter > 0ms && plan.candidates.size() > 1 &&
           !context.record.stream;
}

Task<AttemptResult> hedged(RequestContext &context, const Prepare &prepare, const RoutePlan &plan)
{
    Hedge hedge(context, prepare, plan);
    co_return co_await hedge.run();
}

} // namespace

Task<AttemptResult> tryTargets(RequestContext &context, const Prepare &prepare, const RoutePlan &plan)
{
    collectStart(context);
    return isHedged(context, plan) ? hedged(context, prepare, plan) : oneAfterTheOther(context, prepare, plan);
}

} // namespace lunargate
