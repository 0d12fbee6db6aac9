// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/findings_model.h"

#include "ui/text/plain_tool_tip.h"
#include "ui/theme/icons.h"

#include <QFileInfo>

#include <algorithm>

namespace lunargate::ui {

namespace {

QIcon iconOf(Finding::Kind kind)
{
    switch (kind) {
    case Finding::Kind::Error:
        return icon(Glyph::Cross, Tone::Error);
    case Finding::Kind::Warning:
        return icon(Glyph::Caution, Tone::Warning);
    case Finding::Kind::Hint:
        return icon(Glyph::Bookmark, Tone::Muted);
    }
    Q_UNREACHABLE_RETURN({});
}

QString kindText(Finding::Kind kind)
{
    switch (kind) {
    case Finding::Kind::Error:
        return FindingsModel::tr("Error");
    case Finding::Kind::Warning:
        return FindingsModel::tr("Warning");
    case Finding::Kind::Hint:
        return FindingsModel::tr("Hint");
    }
    Q_UNREACHABLE_RETURN({});
}

QString placeOf(const Finding &finding)
{
    const QString line = finding.line > 0 ? QStringLiteral("%1:%2").arg(finding.line).arg(finding.column) : QString();
    if (finding.file.isEmpty())
        return line;
    const QString name = QFileInfo(finding.file).fileName();
    return line.isEmpty() ? name : name + u':' + line;
}

} // namespace

void FindingsModel::setFindings(std::vector<Finding> findings)
{
    if (findings == m_findings)
        return;
    beginResetModel();
    m_findings = std::move(findings);
    std::ranges::stable_sort(m_findings, {},
                             [](const Finding &one) { return std::tuple(!one.file.isEmpty(), one.line, one.column); });
    endResetModel();
}

int FindingsModel::count(Finding::Kind kind) const
{
    return static_cast<int>(std::ranges::count(m_findings, kind, &Finding::kind));
}

QString FindingsModel::summary() const
{
    const int errors = count(Finding::Kind::Error);
    const int warnings = count(Finding::Kind::Warning);
    QStringList parts;
    if (errors > 0)
        parts.append(errors == 1 ? tr("1 error") : tr("%1 errors").arg(errors));
    if (warnings > 0)
        parts.append(warnings == 1 ? tr("1 warning") : tr("%1 warnings").arg(warnings));
    return parts.join(QStringLiteral(" · "));
}

int FindingsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_findings.size());
}

int FindingsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FindingsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Finding &one = finding(index.row());
    const QString text = index.column() == Place ? placeOf(one) : index.column() == Message ? one.message : one.path;
    switch (role) {
    case Qt::DisplayRole:
        return text;
    case Qt::ToolTipRole:
        return plainToolTip(text);
    case Qt::DecorationRole:
        return index.column() == Place ? QVariant(iconOf(one.kind)) : QVariant();
    case Qt::AccessibleTextRole:
        return index.column() == Place ? kindText(one.kind) + u' ' + text : text;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    default:
        return {};
    }
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
    const QString names[] = {tr("Line"), tr("What"), tr("Key")};
    return role == Qt::DisplayRole && section < ColumnCount ? QVariant(names[section]) : QVariant();
}

} // namespace lunargate::ui
