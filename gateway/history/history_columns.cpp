// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_columns.h"

#include "gateway/json/text_writer.h"

namespace lunargate {

namespace {

using Record = HistoryRecord;
using std::chrono::microseconds;

void bindKnown(SqliteStatement &to, int place, std::optional<microseconds> duration)
{
    if (duration)
        to.bind(place, qint64(duration->count()));
    else
        to.bindNull(place);
}

std::optional<microseconds> toDuration(const SqliteStatement &row, int column)
{
    return row.isNull(column) ? std::nullopt : std::optional(microseconds(row.integer(column)));
}

template <auto Member>
constexpr HistoryColumn text(const char *name)
{
    return {name, "TEXT NOT NULL",
            [](SqliteStatement &to, int place, const Record &record) {
                to.bindText(place, record.*Member, SqliteBytes::Borrowed);
            },
            [](Record &record, const SqliteStatement &row, int column) { record.*Member = row.text(column); }};
}

template <auto Member>
constexpr HistoryColumn clientText(const char *name)
{
    return {name, "TEXT NOT NULL",
            [](SqliteStatement &to, int place, const Record &record) {
                to.bindText(place, record.client.*Member, SqliteBytes::Borrowed);
            },
            [](Record &record, const SqliteStatement &row, int column) { record.client.*Member = row.text(column); }};
}

template <auto Member>
constexpr HistoryColumn number(const char *name)
{
    using Number = std::remove_cvref_t<decltype(std::declval<Record &>().*Member)>;
    return {name, "INTEGER NOT NULL",
            [](SqliteStatement &to, int place, const Record &record) { to.bind(place, qint64(record.*Member)); },
            [](Record &record, const SqliteStatement &row, int column) {
                record.*Member = static_cast<Number>(row.integer(column));
            }};
}

template <auto Member>
constexpr HistoryColumn duration(const char *name)
{
    return {name, "INTEGER",
            [](SqliteStatement &to, int place, const Record &record) { bindKnown(to, place, record.*Member); },
            [](Record &record, const SqliteStatement &row, int column) { record.*Member = toDuration(row, column); }};
}

template <auto Member>
constexpr HistoryColumn dollars(const char *name)
{
    return {name, "REAL",
            [](SqliteStatement &to, int place, const Record &record) {
                if (record.*Member)
                    to.bind(place, *(record.*Member));
                else
                    to.bindNull(place);
            },
            [](Record &record, const SqliteStatement &row, int column) {
                if (!row.isNull(column))
                    record.*Member = row.number(column);
            }};
}

/// The first of them that is there says that the usage is known.
template <auto Member>
constexpr HistoryColumn tokens(const char *name)
{
    using Number = std::remove_cvref_t<decltype(std::declval<Usage &>().*Member)>;
    return {name, "INTEGER",
            [](SqliteStatement &to, int place, const Record &record) {
                if (record.usage)
                    to.bind(place, qint64((*record.usage).*Member));
                else
                    to.bindNull(place);
            },
            [](Record &record, const SqliteStatement &row, int column) {
                if (row.isNull(column))
                    return;
                if (!record.usage)
                    record.usage.emplace();
                (*record.usage).*Member = static_cast<Number>(row.integer(column));
            }};
}

void writePhases(json::TextWriter &json, const PhaseTimes &phases)
{
    const auto write = [&json](const char *name, std::optional<microseconds> duration) {
        if (duration)
            json.member(name, duration->count());
    };
    json.key("phases").beginObject().member("reused", phases.isReused);
    write("dns_us", phases.dns);
    write("connect_us", phases.connect);
    write("tls_us", phases.tls);
    write("first_byte_us", phases.firstByte);
    json.endObject();
}

PhaseTimes readPhases(json::Value object)
{
    const auto read = [object](const char *name) {
        return object[name].integer().transform([](qint64 count) { return microseconds(count); });
    };
    return {.isReused = object["reused"].boolean().value_or(false),
            .dns = read("dns_us"),
            .connect = read("connect_us"),
            .tls = read("tls_us"),
            .firstByte = read("first_byte_us")};
}

QByteArray attemptsToJson(const std::vector<HistoryAttempt> &attempts)
{
    if (attempts.empty())
        return {};
    constexpr qsizetype kUsualBytes = 256;
    json::TextWriter json(std::ssize(attempts) * kUsualBytes);
    json.beginArray();
    for (const HistoryAttempt &attempt : attempts) {
        json.beginObject().member("provider", attempt.provider).member("model", attempt.model);
        json.member("outcome", attempt.outcome).member("status", attempt.status);
        json.member("error", attempt.error).member("error_code", attempt.errorCode);
        json.member("started_us", attempt.startedAfter.count()).member("waited_us", attempt.waited.count());
        if (attempt.timeToFirstByte)
            json.member("ttft_us", attempt.timeToFirstByte->count());
        if (attempt.phases)
            writePhases(json, *attempt.phases);
        json.member("duration_us", attempt.duration.count()).endObject();
    }
    return std::move(json.endArray()).text();
}

std::vector<HistoryAttempt> attemptsFromJson(const QByteArray &text)
{
    std::vector<HistoryAttempt> attempts;
    const std::optional<json::Document> document = json::Document::parse(text);
    if (!document)
        return attempts;
    for (const json::Value item : document->root().elements()) {
        const auto integer = [&](const char *name) { return item[name].integer().value_or(0); };
        HistoryAttempt attempt{.provider = item["provider"].toByteArray(),
                               .model = item["model"].toByteArray(),
                               .outcome = item["outcome"].toByteArray(),
                               .status = static_cast<int>(integer("status")),
                               .error = item["error"].toByteArray(),
                               .errorCode = item["error_code"].toByteArray(),
                               .startedAfter = microseconds(integer("started_us")),
                               .waited = microseconds(integer("waited_us")),
                               .duration = microseconds(integer("duration_us"))};
        if (const auto ttft = item["ttft_us"].integer())
            attempt.timeToFirstByte = microseconds(*ttft);
        if (const json::Value phases = item["phases"]; phases.isObject())
            attempt.phases = readPhases(phases);
        attempts.push_back(std::move(attempt));
    }
    return attempts;
}

constexpr HistoryColumn kColumns[] = {
    {"position", "INTEGER PRIMARY KEY",
     [](SqliteStatement &to, int place, const Record &record) { to.bind(place, record.position); },
     [](Record &record, const SqliteStatement &row, int column) { record.position = row.integer(column); }},
    text<&Record::id>("id"),
    text<&Record::clientRequestId>("client_request_id"),
    text<&Record::endpoint>("endpoint"),
    text<&Record::caller>("caller"),
    clientText<&ClientDetails::userAgent>("user_agent"),
    clientText<&ClientDetails::application>("application"),
    clientText<&ClientDetails::user>("user"),
    clientText<&ClientDetails::session>("session"),
    clientText<&ClientDetails::agent>("agent"),
    clientText<&ClientDetails::parentAgent>("parent_agent"),
    text<&Record::route>("route"),
    text<&Record::provider>("provider"),
    text<&Record::model>("model"),
    text<&Record::modelAsked>("model_asked"),
    text<&Record::modelServed>("model_served"),
    text<&Record::finishReason>("finish_reason"),
    number<&Record::status>("status"),
    text<&Record::error>("error"),
    text<&Record::errorType>("error_type"),
    text<&Record::errorMessage>("error_message"),
    number<&Record::stream>("stream"),
    number<&Record::fallbackUsed>("fallback"),
    number<&Record::isHedged>("hedged"),
    text<&Record::cache>("cache"),
    number<&Record::attemptCount>("attempt_count"),
    number<&Record::retries>("retries"),
    duration<&Record::timeToUpstream>("upstream_us"),
    duration<&Record::timeToFirstByte>("ttft_us"),
    {"duration_us", "INTEGER NOT NULL",
     [](SqliteStatement &to, int place, const Record &record) { to.bind(place, qint64(record.duration.count())); },
     [](Record &record, const SqliteStatement &row, int column) {
         record.duration = microseconds(row.integer(column));
     }},
    tokens<&Usage::input>("input_tokens"),
    tokens<&Usage::cachedInput>("cached_tokens"),
    tokens<&Usage::cacheWrite>("cache_write_tokens"),
    tokens<&Usage::cacheWriteHour>("cache_write_hour_tokens"),
    tokens<&Usage::output>("output_tokens"),
    tokens<&Usage::reasoning>("reasoning_tokens"),
    tokens<&Usage::isEstimated>("tokens_estimated"),
    dollars<&Record::costUsd>("cost_usd"),
    text<&Record::costSource>("cost_source"),
    {"saved_tokens", "INTEGER NOT NULL DEFAULT 0",
     [](SqliteStatement &to, int place, const Record &record) { to.bind(place, record.savedTokens); },
     [](Record &record, const SqliteStatement &row, int column) { record.savedTokens = row.integer(column); }},
    dollars<&Record::savedUsd>("saved_usd"),
    {"saved_us", "INTEGER NOT NULL DEFAULT 0",
     [](SqliteStatement &to, int place, const Record &record) { to.bind(place, qint64(record.savedTime.count())); },
     [](Record &record, const SqliteStatement &row, int column) {
         record.savedTime = microseconds(row.integer(column));
     }},
    number<&Record::bytesIn>("bytes_in"),
    number<&Record::bytesOut>("bytes_out"),
    {"attempts", "TEXT NOT NULL",
     [](SqliteStatement &to, int place, const Record &record) { to.bindText(place, attemptsToJson(record.attempts)); },
     [](Record &record, const SqliteStatement &row, int column) {
         record.attempts = attemptsFromJson(row.text(column));
     }},
    // For filters.
    {"tokens_in", "INTEGER AS (input_tokens + cached_tokens + cache_write_tokens + cache_write_hour_tokens)"},
    {"tokens_out", "INTEGER AS (output_tokens + reasoning_tokens)"},
    {"tokens_total", "INTEGER AS (tokens_in + tokens_out)"},
};

} // namespace

std::span<const HistoryColumn> historyColumns()
{
    return kColumns;
}

QByteArray headersToJson(const HeaderList &headers)
{
    json::TextWriter json;
    json.beginArray();
    for (const HeaderList::Field &field : headers)
        json.beginArray().string(field.name).string(field.value).endArray();
    return json.endArray().text();
}

HeaderList headersFromJson(const QByteArray &text)
{
    HeaderList headers;
    if (const std::optional<json::Document> document = json::Document::parse(text)) {
        for (const json::Value field : document->root().elements())
            headers.add(field.at(0).toByteArray(), field.at(1).toByteArray());
    }
    return headers;
}

QByteArray framesToJson(const std::vector<HistoryFrame> &frames)
{
    json::TextWriter json;
    json.beginArray();
    for (const HistoryFrame &frame : frames)
        json.beginArray().integer(frame.at.count()).integer(frame.end).endArray();
    return json.endArray().text();
}

std::vector<HistoryFrame> framesFromJson(const QByteArray &text)
{
    std::vector<HistoryFrame> frames;
    if (const std::optional<json::Document> document = json::Document::parse(text)) {
        for (const json::Value frame : document->root().elements())
            frames.push_back(
                {.at = microseconds(frame.at(0).integer().value_or(0)), .end = frame.at(1).integer().value_or(0)});
    }
    return frames;
}

} // namespace lunargate
