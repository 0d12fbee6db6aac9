// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/answer_pane.h"

#include "ui/replay/replay_model.h"
#include "ui/text/number_text.h"
#include "ui/text/plain_tool_tip.h"
#include "ui/theme/colours.h"

#include <QEvent>
#include <QScrollBar>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

QString factsOf(const ReplayRun &run)
{
    QStringList facts{statusText(run)};
    if (!run.servedBy().isEmpty())
        facts.append(run.servedBy());
    if (run.firstToken)
        facts.append(AnswerPane::tr("first content after %1").arg(durationText(*run.firstToken)));
    if (run.total.count() > 0)
        facts.append(AnswerPane::tr("all after %1").arg(durationText(run.total)));
    if (run.usage)
        facts.append(AnswerPane::tr("%1 tokens in, %2 out")
                         .arg(countText(run.usage->promptTokens()), countText(run.usage->completionTokens())));
    if (run.costUsd)
        facts.append(costText(*run.costUsd));
    return facts.join(QStringLiteral("  ·  "));
}

} // namespace

AnswerPane::AnswerPane(Side side, const QString &accessibleName, QWidget *parent)
    : QWidget(parent), m_side(side), m_name(new QLabel), m_facts(new QLabel), m_text(new QPlainTextEdit)
{
    m_name->setObjectName("heading");
    m_facts->setObjectName("muted");
    for (QLabel *label : {m_name, m_facts}) {
        label->setTextFormat(Qt::PlainText);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }
    m_facts->setWordWrap(true);
    m_facts->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_facts->setMinimumHeight(2 * m_facts->fontMetrics().lineSpacing()); // so that two texts begin at one height
    m_text->setAccessibleName(accessibleName);
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setUndoRedoEnabled(false);
    m_text->setTabChangesFocus(true);
    m_text->document()->setDocumentMargin(8);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addWidget(m_name);
    column->addWidget(m_facts);
    column->addWidget(m_text, 1);
}

void AnswerPane::showFacts(const QString &name, const ReplayRun &run)
{
    m_name->setText(name);
    m_facts->setText(factsOf(run));
    m_facts->setToolTip(plainToolTip(m_facts->text()));
}

void AnswerPane::present(const QString &name, const ReplayRun &run)
{
    present(name, run, {{.text = run.answer.text()}});
}

void AnswerPane::present(const QString &name, const ReplayRun &run, const std::vector<DifferencePiece> &pieces)
{
    showFacts(name, run);
    std::vector<Part> parts;
    if (!run.answer.reasoning().isEmpty())
        parts.push_back({Kind::Note, run.answer.reasoning()});
    if (!parts.empty() && !run.answer.text().isEmpty())
        parts.push_back({Kind::Note, QStringLiteral("\n\n")});
    qsizetype room = kMostCharacters;
    for (const DifferencePiece &piece : pieces) {
        parts.push_back({piece.isChanged ? Kind::Changed : Kind::Text, piece.text.left(room)});
        room -= parts.back().text.size();
    }
    const auto say = [&parts](Kind kind, const QString &text) {
        const bool isFirst = parts.empty() || (parts.size() == 1 && parts.front().text.isEmpty());
        parts.push_back({kind, isFirst ? text : QStringLiteral("\n\n") + text});
    };
    if (room == 0 || run.isShortened)
        say(Kind::Note, tr("… the rest is not shown"));
    if (!run.answer.error().isEmpty())
        say(Kind::Problem, run.answer.error());
    else if (run.hasEnded() && run.answer.text().isEmpty() && run.answer.reasoning().isEmpty())
        say(Kind::Note, tr("There is no text in this answer, or it was not kept."));
    setParts(std::move(parts));
}

void AnswerPane::setParts(std::vector<Part> parts)
{
    if (parts == m_parts || appendRest(parts))
        return;
    m_parts = std::move(parts);
    render();
}

/// Whether nothing but the last part has grown.
bool AnswerPane::appendRest(const std::vector<Part> &parts)
{
    if (m_parts.empty() || m_parts.size() != parts.size())
        return false;
    const bool isSameBefore = std::equal(m_parts.begin(), std::prev(m_parts.end()), parts.begin());
    const Part &last = m_parts.back();
    if (!isSameBefore || last.kind != parts.back().kind || !parts.back().text.startsWith(last.text))
        return false;
    QScrollBar *bar = m_text->verticalScrollBar();
    const bool isAtEnd = bar->value() == bar->maximum();
    QTextCursor cursor(m_text->document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(parts.back().text.sliced(last.text.size()), formatOf(last.kind));
    m_parts.back() = parts.back();
    if (isAtEnd)
        bar->setValue(bar->maximum());
    return true;
}

QTextCharFormat AnswerPane::formatOf(Kind kind) const
{
    const Colours colours = coloursOf(palette());
    QTextCharFormat format;
    format.setForeground(colours.text);
    if (kind == Kind::Note)
        format.setForeground(colours.muted);
    if (kind == Kind::Problem)
        format.setForeground(colours.error);
    if (kind == Kind::Changed) {
        QColor tint = m_side == Side::Older ? colours.error : colours.ok;
        format.setForeground(tint);
        tint.setAlpha(36);
        format.setBackground(tint);
        format.setFontUnderline(m_side == Side::Newer);
        format.setFontStrikeOut(m_side == Side::Older);
    }
    return format;
}

void AnswerPane::render()
{
    const int scrolled = m_text->verticalScrollBar()->value();
    m_text->clear();
    QTextCursor cursor(m_text->document());
    cursor.beginEditBlock();
    for (const Part &part : m_parts) {
        if (part.kind == Kind::Changed && !part.text.trimmed().isEmpty()) {
            QTextCharFormat sign = formatOf(part.kind);
            sign.setFontStrikeOut(false);
            sign.setFontUnderline(false);
            cursor.insertText(m_side == Side::Older ? QStringLiteral("−") : QStringLiteral("+"), sign);
        }
        cursor.insertText(part.text, formatOf(part.kind));
    }
    cursor.endEditBlock();
    m_text->verticalScrollBar()->setValue(scrolled);
}

void AnswerPane::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_parts.empty())
        render();
}

} // namespace lunargate::ui
