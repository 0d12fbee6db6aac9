// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/pretty_json.h"

#include "gateway/json/members.h"
#include "gateway/json/writer.h"

#include <algorithm>

namespace lunargate::ui {

namespace {

constexpr int kDeepest = 512;
// What lies deeper is not moved further in: a text would grow by its depth for each line.
constexpr int kMostIndented = 20;

void append(QByteArray &out, json::Value value, int level)
{
    const auto newLine = [&out](int depth) {
        out += '\n' + QByteArray(qsizetype{2} * std::min(depth, kMostIndented), ' ');
    };
    const bool isNested = (value.isObject() || value.isArray()) && value.size() > 0;
    if (!isNested) {
        json::appendValue(out, value);
        return;
    }
    bool isFirst = true;
    const auto separate = [&] {
        if (!std::exchange(isFirst, false))
            out += ',';
        newLine(level + 1);
    };
    out += value.isObject() ? '{' : '[';
    if (value.isObject()) {
        for (const auto [name, member] : value.members()) {
            separate();
            json::appendString(out, name);
            out += ": ";
            append(out, member, level + 1);
        }
    } else {
        for (const json::Value element : value.elements()) {
            separate();
            append(out, element, level + 1);
        }
    }
    newLine(level);
    out += value.isObject() ? '}' : ']';
}

} // namespace

std::optional<json::Document> shallowJson(const QByteArray &text)
{
    return json::isDeeperThan(text, kDeepest) ? std::nullopt : json::Document::parse(text);
}

QString prettyJson(json::Value value)
{
    QByteArray out;
    append(out, value, 0);
    return QString::fromUtf8(out);
}

QString prettyJson(const QByteArray &text)
{
    const std::optional<json::Document> document = shallowJson(text);
    return document ? prettyJson(document->root()) : QString::fromUtf8(text);
}

} // namespace lunargate::ui
