// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/try_target.h"

#include <optional>

namespace lunargate {

/// The way through a plan's targets: which one comes next, whether there is a point in it, and what the client is told
/// in the end. Notes in the record who that is from. Context and plan must outlive it.
class PlanWalk
{
public:
    PlanWalk(RequestContext &context, const RoutePlan &plan) : m_context(context), m_plan(plan) {}

    /// A target, and the permit that it is to be asked with.
    struct Step
    {
        const Candidate &candidate;
        TargetPermit permit;
    };

    /// Whether the plan has a target that was not taken yet.
    bool hasNext() const { return m_next < m_plan.candidates.size(); }
    /// If mayGoOn(); also before anything else.
    Step takeNext();

    /// `candidate` answered: the end.
    OpenAnswer succeeded(const Candidate &candidate, OpenAnswer answer);
    void failed(const Candidate &candidate, TargetFailure failure);

    /// Whether the failures so far let the next target be asked, or one again in spite of its circuit, because all were
    /// refused (LastTargetPolicy::LeastBad).
    bool mayGoOn() const { return (m_mayGoOn && hasNext()) || m_leastBad; }
    /// What the client is told when nothing helped: the last failure; or, where that is only a refusal of our own, the
    /// last one of a target that was really asked, or else the refusal with the shortest wait. Once, after a failure.
    UpstreamFailure failure();

private:
    struct Told
    {
        const Candidate *candidate;
        UpstreamFailure failure;
    };

    void note(const Candidate &candidate);
    void lookForLeastBad();

    RequestContext &m_context;
    const RoutePlan &m_plan;
    size_t m_next = 0;
    bool m_mayGoOn = true;
    bool m_wasHopeless = false; // the last failure: no other try could have helped
    std::optional<Told> m_told;
    size_t m_unfinished = 0; // taken, and neither succeeded nor failed
    RefusedTargets m_refused;
    std::optional<size_t> m_leastBad;
};

} // namespace lunargate
