// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/diff_view.h"

#include "ui/theme/colours.h"

#include <QEvent>
#include <QFontDatabase>
#include <QTextBlock>

#include <algorithm>

namespace lunargate::ui {

namespace {

constexpr int kNumberWidth = 5;
constexpr float kTint = 0.16F;

QTextBlockFormat blockFormat(DiffLine::Kind kind, const Colours &colours)
{
    QTextBlockFormat format;
    QColor colour = kind == DiffLine::Kind::Added ? colours.ok : colours.error;
    colour.setAlphaF(kTint);
    if (kind != DiffLine::Kind::Same)
        format.setBackground(colour);
    return format;
}

QTextCharFormat signFormat(DiffLine::Kind kind, const Colours &colours)
{
    QTextCharFormat format;
    format.setForeground(kind == DiffLine::Kind::Added     ? colours.ok
                         : kind == DiffLine::Kind::Removed ? colours.error
                                                           : colours.muted);
    return format;
}

QString numbered(int number)
{
    return (number > 0 ? QString::number(number) : QString()).rightJustified(kNumberWidth);
}

QChar signOf(DiffLine::Kind kind)
{
    return kind == DiffLine::Kind::Added ? u'+' : kind == DiffLine::Kind::Removed ? u'-' : u' ';
}

} // namespace

DiffView::DiffView(QWidget *parent) : QPlainTextEdit(parent)
{
    setAccessibleName(tr("Differences"));
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    setLineWrapMode(NoWrap);
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(fontInfo().pointSizeF());
    setFont(fixed);
    document()->setDocumentMargin(8);
}

void DiffView::setTexts(const QString &before, const QString &after)
{
    const std::vector<DiffLine> lines = lineDiff(before, after);
    m_added = static_cast<int>(std::ranges::count(lines, DiffLine::Kind::Added, &DiffLine::kind));
    m_removed = static_cast<int>(std::ranges::count(lines, DiffLine::Kind::Removed, &DiffLine::kind));
    m_hunks = hunksOf(lines);
    render();
}

void DiffView::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        render();
}

void DiffView::render()
{
    const Colours colours = coloursOf(palette());
    QTextCharFormat muted;
    muted.setForeground(colours.muted);
    QTextCharFormat normal;
    normal.setForeground(colours.text);
    clear();
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    qsizetype room = kMostLines;
    const auto begin = [&cursor](const QTextBlockFormat &format) {
        if (cursor.position() > 0)
            cursor.insertBlock(format);
        else
            cursor.setBlockFormat(format);
    };
    for (const DiffHunk &hunk : m_hunks) {
        if (hunk.skipped > 0) {
            begin({});
            cursor.insertText(hunk.skipped == 1 ? tr("   … 1 equal line") : tr("   … %1 equal lines").arg(hunk.skipped),
                              muted);
        }
        for (const DiffLine &line : hunk.lines) {
            if (room-- <= 0)
                break;
            begin(blockFormat(line.kind, colours));
            cursor.insertText(numbered(line.before) + numbered(line.after) + u' ', muted);
            cursor.insertText(signOf(line.kind) + QStringLiteral(" "), signFormat(line.kind, colours));
            cursor.insertText(line.text, normal);
        }
    }
    if (room < 0) {
        begin({});
        cursor.insertText(tr("   … the rest is not shown"), muted);
    }
    if (m_hunks.empty())
        cursor.insertText(tr("There is no difference."), muted);
    cursor.endEditBlock();
    moveCursor(QTextCursor::Start);
}

} // namespace lunargate::ui
