// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/otlp_json.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <map>
#include <set>

namespace lunargate::test {

namespace {

/// The type of a field; `[]` before it: a list of such.
using Fields = std::map<QByteArray, QByteArray>;

const std::map<QByteArray, Fields> &messages()
{
    static const std::map<QByteArray, Fields> kMessages = {
        {"ExportTraceServiceRequest", {{"resourceSpans", "[]ResourceSpans"}}},
        {"ResourceSpans", {{"resource", "Resource"}, {"scopeSpans", "[]ScopeSpans"}, {"schemaUrl", "string"}}},
        {"ScopeSpans", {{"scope", "InstrumentationScope"}, {"spans", "[]Span"}, {"schemaUrl", "string"}}},
        {"ExportMetricsServiceRequest", {{"resourceMetrics", "[]ResourceMetrics"}}},
        {"ResourceMetrics", {{"resource", "Resource"}, {"scopeMetrics", "[]ScopeMetrics"}, {"schemaUrl", "string"}}},
        {"ScopeMetrics", {{"scope", "InstrumentationScope"}, {"metrics", "[]Metric"}, {"schemaUrl", "string"}}},
        {"Resource", {{"attributes", "[]KeyValue"}}},
        {"InstrumentationScope", {{"name", "string"}, {"version", "string"}}},
        {"KeyValue", {{"key", "string"}, {"value", "AnyValue"}}},
        {"AnyValue",
         {{"stringValue", "string"},
          {"boolValue", "bool"},
          {"intValue", "int64"},
          {"doubleValue", "double"},
          {"arrayValue", "ArrayValue"}}},
        {"ArrayValue", {{"values", "[]AnyValue"}}},
        {"Span",
         {{"traceId", "hex16"},
          {"spanId", "hex8"},
          {"parentSpanId", "hex8"},
          {"traceState", "string"},
          {"flags", "int32"},
          {"name", "string"},
          {"kind", "int32"},
          {"startTimeUnixNano", "uint64"},
          {"endTimeUnixNano", "uint64"},
          {"attributes", "[]KeyValue"},
          {"status", "Status"}}},
        {"Status", {{"code", "int32"}, {"message", "string"}}},
        {"Metric",
         {{"name", "string"},
          {"description", "string"},
          {"unit", "string"},
          {"sum", "Sum"},
          {"histogram", "Histogram"}}},
        {"Sum", {{"dataPoints", "[]NumberDataPoint"}, {"aggregationTemporality", "int32"}, {"isMonotonic", "bool"}}},
        {"Histogram", {{"dataPoints", "[]HistogramDataPoint"}, {"aggregationTemporality", "int32"}}},
        {"NumberDataPoint",
         {{"attributes", "[]KeyValue"},
          {"startTimeUnixNano", "uint64"},
          {"timeUnixNano", "uint64"},
          {"asInt", "int64"},
          {"asDouble", "double"}}},
        {"HistogramDataPoint",
         {{"attributes", "[]KeyValue"},
          {"startTimeUnixNano", "uint64"},
          {"timeUnixNano", "uint64"},
          {"count", "uint64"},
          {"sum", "double"},
          {"min", "double"},
          {"max", "double"},
          {"bucketCounts", "[]uint64"},
          {"explicitBounds", "[]double"}}},
    };
    return kMessages;
}

// Those without which the rest means nothing.
const std::map<QByteArray, QByteArrayList> &required()
{
    static const std::map<QByteArray, QByteArrayList> kRequired = {
        {"ExportTraceServiceRequest", {"resourceSpans"}},
        {"ExportMetricsServiceRequest", {"resourceMetrics"}},
        {"KeyValue", {"key", "value"}},
        {"Span", {"traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano"}},
        {"Metric", {"name", "unit"}},
        {"Sum", {"dataPoints", "aggregationTemporality"}},
        {"Histogram", {"dataPoints", "aggregationTemporality"}},
        {"NumberDataPoint", {"startTimeUnixNano", "timeUnixNano"}},
        {"HistogramDataPoint", {"startTimeUnixNano", "timeUnixNano", "count", "bucketCounts", "explicitBounds"}},
    };
    return kRequired;
}

// Types that are texts of a form.
const std::map<QByteArray, QRegularExpression> &forms()
{
    static const auto form = [](const char *pattern) {
        return QRegularExpression(QRegularExpression::anchoredPattern(QLatin1StringView(pattern)));
    };
    static const std::map<QByteArray, QRegularExpression> kForms = {
        {"int64", form("-?[0-9]{1,19}")},
        {"uint64", form("[0-9]{1,20}")},
        {"hex16", form("(?!0{32})[0-9a-f]{32}")},
        {"hex8", form("(?!0{16})[0-9a-f]{16}")},
    };
    return kForms;
}

QByteArray scalarProblem(const QJsonValue &value, const QByteArray &type)
{
    const bool isWhole = value.isDouble() && value.toDouble() == static_cast<double>(value.toInteger(-1));
    const std::map<QByteArray, bool> fits = {
        {"string", value.isString()}, {"bool", value.isBool()}, {"double", value.isDouble()}, {"int32", isWhole}};
    const auto form = forms().find(type);
    const bool isOfType =
        form == forms().end() ? fits.at(type) : value.isString() && form->second.match(value.toString()).hasMatch();
    return isOfType ? QByteArray() : "is no " + type;
}

QByteArray messageProblem(const QJsonObject &object, const QByteArray &type);

QByteArray valueProblem(const QJsonValue &value, const QByteArray &type)
{
    if (type.startsWith("[]")) {
        if (!value.isArray())
            return "is no list";
        const QJsonArray list = value.toArray();
        for (qsizetype i = 0; i < list.size(); ++i) {
            if (const QByteArray problem = valueProblem(list[i], type.sliced(2)); !problem.isEmpty())
                return '[' + QByteArray::number(i) + "] " + problem;
        }
        return {};
    }
    if (!messages().contains(type))
        return scalarProblem(value, type);
    return value.isObject() ? messageProblem(value.toObject(), type) : "is no " + type;
}

QByteArray attributesProblem(const QJsonArray &attributes)
{
    std::set<QString> keys;
    for (const QJsonValue attribute : attributes) {
        if (!keys.insert(attribute[u"key"].toString()).second)
            return "attributes hold " + attribute[u"key"].toString().toUtf8() + " twice";
    }
    return {};
}

QByteArray bucketsProblem(const QJsonObject &point)
{
    const QJsonArray counts = point[u"bucketCounts"].toArray();
    if (counts.size() != point[u"explicitBounds"].toArray().size() + 1)
        return "does not have one bucket more than bounds";
    qint64 sum = 0;
    for (const QJsonValue count : counts)
        sum += count.toString().toLongLong();
    return sum == point[u"count"].toString().toLongLong() ? QByteArray() : "counts other than its buckets";
}

// What no field alone shows.
QByteArray ruleProblem(const QJsonObject &object, const QByteArray &type)
{
    if (type == "AnyValue" && object.size() != 1)
        return "is not one value";
    if (type == "Metric" && object.contains(u"sum") == object.contains(u"histogram"))
        return "is not one of sum and histogram";
    if (type == "Span" && (object[u"kind"].toInt() < 1 || object[u"kind"].toInt() > 5))
        return "kind is unknown";
    if (type == "Span" &&
        object[u"startTimeUnixNano"].toString().toLongLong() > object[u"endTimeUnixNano"].toString().toLongLong())
        return "ends before it begins";
    return type == "HistogramDataPoint" ? bucketsProblem(object) : QByteArray();
}

QByteArray messageProblem(const QJsonObject &object, const QByteArray &type)
{
    const Fields &fields = messages().at(type);
    for (auto member = object.begin(); member != object.end(); ++member) {
        const QByteArray name = member.key().toUtf8();
        const auto field = fields.find(name);
        if (field == fields.end())
            return name + " is no field of " + type;
        if (const QByteArray problem = valueProblem(member.value(), field->second); !problem.isEmpty())
            return name + ' ' + problem;
    }
    if (const auto names = required().find(type); names != required().end()) {
        for (const QByteArray &name : names->second) {
            if (!object.contains(QLatin1StringView(name)))
                return type + " has no " + name;
        }
    }
    if (const QByteArray problem = attributesProblem(object[u"attributes"].toArray()); !problem.isEmpty())
        return problem;
    return ruleProblem(object, type);
}

QByteArray textOf(const QJsonValue &any)
{
    const QJsonObject object = any.toObject();
    if (object.isEmpty())
        return {};
    const QJsonValue value = object.begin().value();
    if (value.isObject()) {
        QByteArrayList texts;
        for (const QJsonValue one : value[u"values"].toArray())
            texts += textOf(one);
        return texts.join(',');
    }
    return value.isString() ? value.toString().toUtf8() + "" : value.toVariant().toByteArray();
}

template <typename Visit>
void visit(const QByteArray &body, const char *resources, const char *scopes, const char *items, Visit each)
{
    const QJsonObject root = QJsonDocument::fromJson(body).object();
    for (const QJsonValue resource : root[QLatin1StringView(resources)].toArray()) {
        for (const QJsonValue scope : resource[QLatin1StringView(scopes)].toArray()) {
            for (const QJsonValue item : scope[QLatin1StringView(items)].toArray())
                each(item.toObject());
        }
    }
}

} // namespace

QByteArray otlpProblem(const QByteArray &path, const QByteArray &body)
{
    const QJsonDocument document = QJsonDocument::fromJson(body);
    if (!document.isObject())
        return "it is no JSON object";
    if (path != "/v1/traces" && path != "/v1/metrics")
        return "unknown path " + path;
    return messageProblem(document.object(),
                          path == "/v1/traces" ? "ExportTraceServiceRequest" : "ExportMetricsServiceRequest");
}

QByteArray OtlpItem::text(const char *member) const
{
    return json[QLatin1StringView(member)].toVariant().toByteArray();
}

QByteArray OtlpItem::attribute(const char *name) const
{
    for (const QJsonValue attribute : json[u"attributes"].toArray()) {
        if (attribute[u"key"].toString() == QLatin1StringView(name))
            return textOf(attribute[u"value"]);
    }
    return {};
}

QByteArrayList OtlpItem::attributes() const
{
    QByteArrayList all;
    for (const QJsonValue attribute : json[u"attributes"].toArray())
        all += attribute[u"key"].toString().toUtf8() + ' ' + attribute[u"value"].toObject().begin().key().toUtf8();
    return all;
}

std::vector<OtlpItem> otlpSpans(const QByteArray &body)
{
    std::vector<OtlpItem> spans;
    visit(body, "resourceSpans", "scopeSpans", "spans", [&](const QJsonObject &span) { spans.push_back({span}); });
    return spans;
}

std::vector<OtlpItem> otlpPoints(const QByteArray &body)
{
    std::vector<OtlpItem> points;
    visit(body, "resourceMetrics", "scopeMetrics", "metrics", [&](const QJsonObject &metric) {
        const QJsonValue data = metric.contains(u"sum") ? metric[u"sum"] : metric[u"histogram"];
        for (const QJsonValue point : data[u"dataPoints"].toArray())
            points.push_back({point.toObject(), metric[u"name"].toString().toUtf8(), metric});
    });
    return points;
}

OtlpItem otlpResource(const QByteArray &body)
{
    const QJsonObject root = QJsonDocument::fromJson(body).object();
    const QJsonValue list = root.contains(u"resourceSpans") ? root[u"resourceSpans"] : root[u"resourceMetrics"];
    return {list.toArray().at(0)[u"resource"].toObject()};
}

} // namespace lunargate::test
