// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/detail/attempts_model.h"

#include "ui/text/number_text.h"
#include "ui/theme/icons.h"

#include <algorithm>

namespace lunargate::ui {

namespace {

AttemptSpan spanOf(const HistoryAttempt &attempt, std::chrono::microseconds whole)
{
    const auto part = [whole](std::chrono::microseconds at) {
        return std::clamp(static_cast<double>(at.count()) / static_cast<double>(whole.count()), 0.0, 1.0);
    };
    const std::chrono::microseconds end = attempt.startedAfter + attempt.duration;
    return {.waitBegin = part(attempt.startedAfter - attempt.waited),
            .begin = part(attempt.startedAfter),
            .firstByte = part(attempt.timeToFirstByte ? attempt.startedAfter + *attempt.timeToFirstByte : end),
            .end = part(end),
            .hasFailed = !attempt.error.isEmpty()};
}

std::chrono::microseconds connectingTime(const PhaseTimes &phases)
{
    const std::chrono::microseconds none{0};
    return phases.dns.value_or(none) + phases.connect.value_or(none) + phases.tls.value_or(none);
}

} // namespace

int AttemptsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_attempts.size());
}

int AttemptsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AttemptsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const HistoryAttempt &attempt = m_attempts[static_cast<size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return column == Timeline ? QVariant() : text(attempt, column);
    case Qt::AccessibleTextRole:
        return column == Timeline ? tr("begins after %1, lasts %2")
                                        .arg(durationText(attempt.startedAfter), durationText(attempt.duration))
                                  : text(attempt, column);
    case Qt::ToolTipRole:
        return column == Connection ? phaseText(attempt) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (column == Target || column == Outcome ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::DecorationRole:
        if (column != Outcome)
            return {};
        return attempt.error.isEmpty() ? icon(Glyph::Check, Tone::Ok) : icon(Glyph::Cross, Tone::Error);
    case kSpanRole:
        return column == Timeline ? QVariant::fromValue(spanOf(attempt, m_whole)) : QVariant();
    default:
        return {};
    }
}

QString AttemptsModel::text(const HistoryAttempt &attempt, Column column) const
{
    switch (column) {
    case Target:
        return QString::fromUtf8(attempt.provider + '/' + attempt.model);
    case Outcome: {
        QStringList parts;
        if (attempt.status > 0)
            parts.append(QString::number(attempt.status));
        parts.append(QString::fromUtf8(attempt.error.isEmpty() ? attempt.outcome : attempt.error));
        if (!attempt.errorCode.isEmpty() && attempt.errorCode != attempt.error)
            parts.append(u'(' + QString::fromUtf8(attempt.errorCode) + u')');
        return parts.join(u' ');
    }
    case Waited:
        return attempt.waited.count() > 0 ? durationText(attempt.waited) : QString();
    case Connection:
        if (!attempt.phases)
            return {};
        if (attempt.phases->isReused)
            return tr("kept");
        if (const auto time = connectingTime(*attempt.phases); time.count() > 0)
            return tr("new, %1").arg(durationText(time));
        return tr("new");
    case FirstByte:
        return attempt.timeToFirstByte ? durationText(*attempt.timeToFirstByte) : QString();
    case Duration:
        return durationText(attempt.duration);
    case Timeline:
    case ColumnCount:
        break;
    }
    return {};
}

QString AttemptsModel::phaseText(const HistoryAttempt &attempt)
{
    if (!attempt.phases)
        return {};
    const PhaseTimes &phases = *attempt.phases;
    QStringList lines;
    if (phases.isReused)
        lines.append(tr("The connection was there already"));
    if (phases.dns)
        lines.append(tr("Name looked up: %1").arg(durationText(*phases.dns)));
    if (phases.connect)
        lines.append(tr("Connected: %1").arg(durationText(*phases.connect)));
    if (phases.tls)
        lines.append(tr("TLS agreed: %1").arg(durationText(*phases.tls)));
    if (phases.firstByte)
        lines.append(tr("First byte of the answer after %1").arg(durationText(*phases.firstByte)));
    return lines.join(u'\n');
}

QVariant AttemptsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (section == Waited || section == Connection ||
                                                               section == FirstByte || section == Duration
                                                           ? Qt::AlignRight
                                                           : Qt::AlignLeft));
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Provider and model"), tr("Outcome"), tr("Waited before"),        tr("Connection"),
                             tr("First content"),      tr("Took"),    tr("In the request's time")};
    return section >= 0 && section < ColumnCount ? names[section] : QVariant();
}

void AttemptsModel::setRecord(const HistoryRecord &record)
{
    beginResetModel();
    m_attempts = record.attempts;
    m_whole = std::max(record.duration, std::chrono::microseconds(1));
    endResetModel();
}

} // namespace lunargate::ui
