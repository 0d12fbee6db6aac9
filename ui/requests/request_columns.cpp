// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/request_columns.h"

#include "ui/text/number_text.h"

#include <QCoreApplication>
#include <QDateTime>

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;
using Row = RequestRow;

QString timeText(const Row &row)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(row.time());
    const bool isToday = time.date() == QDate::currentDate();
    return time.toString(isToday ? u"HH:mm:ss.zzz"_s : u"yyyy-MM-dd HH:mm:ss"_s);
}

QString modelText(const Row &row)
{
    const bool isSame = row.modelServed.isEmpty() || row.modelServed == row.modelAsked;
    return isSame ? row.modelAsked : row.modelAsked + u" → "_s + row.modelServed;
}

QString translated(const char *text)
{
    return QCoreApplication::translate("RequestColumn", text);
}

QString statusText(const Row &row)
{
    switch (row.progress) {
    case Row::Progress::Preparing:
        return translated(QT_TRANSLATE_NOOP("RequestColumn", "begins"));
    case Row::Progress::Waiting:
        return translated(QT_TRANSLATE_NOOP("RequestColumn", "waits"));
    case Row::Progress::Answering:
        return translated(QT_TRANSLATE_NOOP("RequestColumn", "answers"));
    case Row::Progress::Ended:
        break;
    }
    return row.error.isEmpty() ? QString::number(row.status) : u"%1 %2"_s.arg(row.status).arg(row.error);
}

QString microseconds(qint64 count)
{
    return count == Row::kUnknown ? QString() : durationText(std::chrono::microseconds(count));
}

QString tokens(qint64 count)
{
    return count == Row::kUnknown ? QString() : countText(count);
}

QString speedText(const Row &row)
{
    const double speed = row.tokensPerSecond();
    return speed < 0 ? QString() : QString::number(speed, 'f', speed < 10 ? 1 : 0);
}

QString tokensOutText(const Row &row)
{
    const QString text = tokens(row.tokensOut);
    return row.isUnderWay() && !text.isEmpty() ? u'~' + text : text;
}

template <auto Member>
bool isLess(const Row &one, const Row &other)
{
    return one.*Member < other.*Member;
}

constexpr RequestColumn kColumns[] = {
    {QT_TRANSLATE_NOOP("RequestColumn", "Time"), QT_TRANSLATE_NOOP("RequestColumn", "When the request began"), 98,
     false, true, &timeText, &isLess<&Row::position>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Client"),
     QT_TRANSLATE_NOOP("RequestColumn", "The name of its key, and what the client says of itself"), 108, false, true,
     [](const Row &row) { return row.client; }, &isLess<&Row::client>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Model"),
     QT_TRANSLATE_NOOP("RequestColumn", "The model that was asked for, and the one that served"), 190, false, true,
     &modelText, &isLess<&Row::modelAsked>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Provider"), QT_TRANSLATE_NOOP("RequestColumn", "The provider asked last"), 78,
     false, true, [](const Row &row) { return row.provider; }, &isLess<&Row::provider>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Status"), QT_TRANSLATE_NOOP("RequestColumn", "The answer's status"), 96, false,
     true, &statusText, &isLess<&Row::status>},
    {QT_TRANSLATE_NOOP("RequestColumn", "TTFT"),
     QT_TRANSLATE_NOOP("RequestColumn", "Time to first token: how long the first content took"), 66, true, true,
     [](const Row &row) { return microseconds(row.firstToken); }, &isLess<&Row::firstToken>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Total"), QT_TRANSLATE_NOOP("RequestColumn", "How long all of it took"), 64,
     true, true, [](const Row &row) { return microseconds(row.total); }, &isLess<&Row::total>},
    {QT_TRANSLATE_NOOP("RequestColumn", "In"), QT_TRANSLATE_NOOP("RequestColumn", "Tokens that were read"), 56, true,
     true, [](const Row &row) { return tokens(row.tokensIn); }, &isLess<&Row::tokensIn>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Cached"),
     QT_TRANSLATE_NOOP("RequestColumn", "Of them, those from the provider's prompt cache"), 68, true, true,
     [](const Row &row) { return tokens(row.tokensCached); }, &isLess<&Row::tokensCached>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Out"), QT_TRANSLATE_NOOP("RequestColumn", "Tokens that were written"), 52,
     true, true, &tokensOutText, &isLess<&Row::tokensOut>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Tok/s"),
     QT_TRANSLATE_NOOP("RequestColumn", "Tokens written a second, from the first one on"), 50, true, true, &speedText,
     [](const Row &one, const Row &other) { return one.tokensPerSecond() < other.tokensPerSecond(); }},
    {QT_TRANSLATE_NOOP("RequestColumn", "Cost"), QT_TRANSLATE_NOOP("RequestColumn", "US dollars; empty: not known"), 86,
     true, true, [](const Row &row) { return row.cost < 0 ? QString() : costText(row.cost); }, &isLess<&Row::cost>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Tries"), QT_TRANSLATE_NOOP("RequestColumn", "Calls to providers"), 46, true,
     true, [](const Row &row) { return QString::number(row.attempts); }, &isLess<&Row::attempts>},
    {QT_TRANSLATE_NOOP("RequestColumn", "Route"), QT_TRANSLATE_NOOP("RequestColumn", "The route that matched"), 96,
     false, false, [](const Row &row) { return row.route; }, &isLess<&Row::route>},
};

} // namespace

std::span<const RequestColumn> requestColumns()
{
    return kColumns;
}

} // namespace lunargate::ui
