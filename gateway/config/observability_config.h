// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/secret_string.h"

#include <QByteArray>

#include <chrono>
#include <map>
#include <vector>

namespace lunargate {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// What is kept and told of requests, as plain values; see config.h.

enum class LogLevel { Trace, Debug, Info, Warning, Error, Disabled };
enum class LogFormat { Console, Json };

struct LoggingConfig
{
    LogLevel level = LogLevel::Info;
    LogFormat format = LogFormat::Console;
};

/// What the history keeps of a request.
enum class HistoryCapture {
    None,
    Metadata, ///< everything but headers and bodies
    Bodies,   ///< everything
};

struct HistoryConfig
{
    bool enabled = true;
    HistoryCapture capture = HistoryCapture::Metadata;
    QByteArray path;            ///< the database; empty: in the user's data folder; `:memory:`: none
    milliseconds maxAge = 720h; ///< 0: any
    int maxCount = 1'000'000;
    qint64 maxBytes = 1024LL * 1024 * 1024; ///< of the database
    qint64 maxBodyBytes = 1024 * 1024;      ///< of one body
    std::vector<QByteArray> redact;         ///< RE2 syntax

    bool isWanted() const { return enabled && capture != HistoryCapture::None; }
    bool operator==(const HistoryConfig &) const = default;
};

struct DataSharingConfig
{
    /// Whether anything is told to the collector.
    bool isCollecting() const { return enabled && !apiKey.isEmpty(); }

    bool enabled = false;
    bool sharePrompts = false;
    bool shareResponses = false;
    QByteArray backendUrl = "https://api.lunargate.ai/v1";
    SecretString apiKey;
    QByteArray gatewayLat;
    QByteArray gatewayLon;
    bool compress = false; ///< what is sent, by gzip
    QByteArray spoolPath;  ///< folder for what memory cannot keep while the backend is away; empty: none
    qint64 maxSpoolBytes = 256LL * 1024 * 1024;
    bool remoteControl = false;

    bool operator==(const DataSharingConfig &other) const;
};

/// What a command of the backend may use, with data_sharing.remote_control.
struct RemoteControlConfig
{
    int maxConcurrent = 4;       ///< commands that run at once; further ones are refused
    milliseconds timeout = 5min; ///< of one command
    qint64 maxRequestBytes = 1024 * 1024;
    qint64 maxAnswerBytes = 4 * 1024 * 1024;

    bool operator==(const RemoteControlConfig &) const = default;
};

/// Which names of OpenTelemetry's conventions for generative AI are used; they are still changing.
enum class GenAiNames {
    V141,   ///< the last version within the general conventions, of 2026-04
    Latest, ///< those of their own repository since
};

/// Where traces and metrics are sent by OTLP/HTTP.
struct TelemetryConfig
{
    QByteArray endpoint;                      ///< without `/v1/traces`; empty: nothing is sent
    std::map<QByteArray, QByteArray> headers; ///< lower-case names; sent with every call, as services want their keys
    bool traces = true;
    bool metrics = true;
    double sampleRatio = 1; ///< of the traces that start here; a client's own decision is followed
    bool content = false;   ///< what was asked and answered, in traces
    GenAiNames genAiNames = GenAiNames::V141;
    QByteArray serviceName = "lunargate";
    std::map<QByteArray, QByteArray> resource; ///< further attributes of the resource
    milliseconds metricsInterval = 60s;
    milliseconds timeout = 10s; ///< of one call
    bool compress = true;       ///< what is sent, by gzip

    bool operator==(const TelemetryConfig &) const = default;
};

} // namespace lunargate
