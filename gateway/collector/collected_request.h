// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/http/header_list.h"
#include "gateway/observability/request_record.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace lunargate {

/// Which contents may leave this computer. Without either, nothing that says who asked or what was said does.
struct Sharing
{
    bool prompts = false;
    bool responses = false;

    bool operator==(const Sharing &) const = default;
    bool isMetricsOnly() const { return !prompts && !responses; }
    /// What both allow.
    friend Sharing operator&(Sharing a, Sharing b) { return {a.prompts && b.prompts, a.responses && b.responses}; }
};

/// How a model was told to choose its words.
struct InferenceParameters
{
    std::optional<double> temperature = {};
    std::optional<double> topP = {};
    std::optional<double> topK = {};

    bool isEmpty() const { return !temperature && !topP && !topK; }
    /// These, and where they say nothing, `defaults`.
    InferenceParameters orElse(const InferenceParameters &defaults) const;
};

/// A target that a request may be sent to, as far as the collector is told of it.
struct CollectedTarget
{
    QByteArray provider;
    QByteArray model;
    QByteArray baseUrl;
    InferenceParameters defaults;
};

/// What the collector is told of one request, beside its record. A worker fills it along the request's way; the events
/// are written of it later, in the collector's own thread.
struct CollectedRequest
{
    static constexpr qsizetype kLargestBody = 1024 * 1024;
    static constexpr qsizetype kLargestStream = 4 * 1024 * 1024;

    enum class Phase { Started, Finished };

    Phase phase = Phase::Finished;
    Sharing sharing = {}; ///< when it began
    RequestRecord record = {};
    HeaderList routing = {};                     ///< what routes could match, by lower-case name
    std::vector<CollectedTarget> targets = {};   ///< of the plan, in its order
    qint64 targetIndex = 0;                      ///< of the first of them in the route's `targets`
    InferenceParameters asked = {};              ///< by the client
    QByteArray circuitState = "closed";          ///< of the provider that was used last
    std::optional<TimePoint> lastContentAt = {}; ///< of a stream

    QByteArray request = {};  ///< the client's JSON object; empty unless prompts are shared
    QByteArray response = {}; ///< a JSON text; empty unless responses are shared
    QByteArray frames = {};   ///< of a stream, as the client got them; likewise
    bool isStreamTooLarge = false;

    /// Keeps `body`, if prompts are shared and it is not too large.
    void setRequest(const QByteArray &body);
    /// The same for a whole answer, if responses are shared.
    void setResponse(QByteArrayView body);
    /// Likewise for the frames of a stream that come next; a stream that becomes too large is left out as a whole.
    void addFrames(const QByteArray &more);

    /// The target that was used last; before one was, the first. Null if there was no plan.
    const CollectedTarget *target() const;
    /// Whether its end makes a `request_log` beside the `metric`.
    bool hasLog(Sharing shared) const { return record.hasFailed() ? shared.prompts : !shared.isMetricsOnly(); }
    /// About how much memory it takes.
    qint64 bytes() const;
};

} // namespace lunargate
