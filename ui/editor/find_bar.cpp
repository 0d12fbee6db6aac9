// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/find_bar.h"

#include "ui/theme/icons.h"

#include <QHBoxLayout>
#include <QStyle>

namespace lunargate::ui {

namespace {

QToolButton *button(const QString &text, const QString &toolTip)
{
    auto *button = new QToolButton;
    button->setText(text);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    return button;
}

} // namespace

FindBar::FindBar(YamlEditor &editor)
    : m_editor(editor),
      m_text(new QLineEdit),
      m_replacement(new QLineEdit),
      m_matchesCase(button(tr("Aa"), tr("Upper and lower case matter"))),
      m_count(new QLabel)
{
    m_text->setPlaceholderText(tr("Find"));
    m_text->setAccessibleName(tr("Find"));
    m_text->addAction(icon(Glyph::Search, Tone::Muted), QLineEdit::LeadingPosition);
    m_replacement->setPlaceholderText(tr("Replace with"));
    m_replacement->setAccessibleName(tr("Replace with"));
    m_matchesCase->setCheckable(true);
    m_count->setObjectName("muted");
    m_count->setMinimumWidth(fontMetrics().horizontalAdvance(tr("%1 matches").arg(9999)));
    auto *replaceButton = button(tr("Replace"), tr("Replace this one and find the next"));
    auto *allButton = button(tr("All"), tr("Replace all"));
    auto *closeButton = button({}, tr("Close the search"));
    closeButton->setIcon(icon(Glyph::Close, Tone::Muted));
    closeButton->setProperty("flat", true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_text, 3);
    row->addWidget(m_matchesCase);
    row->addWidget(m_count);
    row->addWidget(m_replacement, 2);
    row->addWidget(replaceButton);
    row->addWidget(allButton);
    row->addWidget(closeButton);
    setFocusProxy(m_text);

    connect(m_text, &QLineEdit::textEdited, this, &FindBar::findFromSelection);
    connect(m_matchesCase, &QToolButton::toggled, this, &FindBar::findFromSelection);
    connect(m_text, &QLineEdit::returnPressed, this, &FindBar::findNext);
    connect(m_replacement, &QLineEdit::returnPressed, this, &FindBar::replace);
    connect(replaceButton, &QToolButton::clicked, this, &FindBar::replace);
    connect(allButton, &QToolButton::clicked, this, &FindBar::replaceAll);
    connect(closeButton, &QToolButton::clicked, this, &FindBar::closeRequested);
}

void FindBar::open()
{
    const QString selected = m_editor.selectedText();
    if (!selected.isEmpty() && !selected.contains(u'\n'))
        m_text->setText(selected);
    show();
    m_text->setFocus();
    m_text->selectAll();
    say(matches());
}

int FindBar::matches() const
{
    const Qt::CaseSensitivity sensitivity = m_matchesCase->isChecked() ? Qt::CaseSensitive : Qt::CaseInsensitive;
    return m_text->text().isEmpty() ? 0 : static_cast<int>(m_editor.text().count(m_text->text(), sensitivity));
}

void FindBar::say(int matches)
{
    const bool isWrong = matches == 0 && !m_text->text().isEmpty();
    m_count->setText(m_text->text().isEmpty() ? QString()
                     : matches == 0           ? tr("Not found")
                     : matches == 1           ? tr("1 match")
                                              : tr("%1 matches").arg(matches));
    m_text->setProperty("invalid", isWrong);
    m_text->style()->polish(m_text);
}

// What is being typed is found where the search stands, and not at the next place with each letter.
void FindBar::findFromSelection()
{
    int line = 0;
    int column = 0;
    int endLine = 0;
    int endColumn = 0;
    m_editor.getSelection(&line, &column, &endLine, &endColumn);
    if (line >= 0)
        m_editor.setCursorPosition(line, column);
    find(true);
}

void FindBar::find(bool forward)
{
    say(matches());
    if (m_text->text().isEmpty())
        return;
    int line = 0;
    int column = 0;
    int endLine = 0;
    int endColumn = 0;
    m_editor.getSelection(&line, &column, &endLine, &endColumn);
    if (line < 0)
        m_editor.getCursorPosition(&endLine, &endColumn);
    m_editor.findFirst(m_text->text(), false, m_matchesCase->isChecked(), false, true, forward,
                       forward || line < 0 ? endLine : line, forward || line < 0 ? endColumn : column, true);
}

bool FindBar::isMatchSelected() const
{
    const Qt::CaseSensitivity sensitivity = m_matchesCase->isChecked() ? Qt::CaseSensitive : Qt::CaseInsensitive;
    return !m_text->text().isEmpty() && m_editor.selectedText().compare(m_text->text(), sensitivity) == 0;
}

void FindBar::replace()
{
    if (isMatchSelected())
        m_editor.replaceSelectedText(m_replacement->text());
    find(true);
}

void FindBar::replaceAll()
{
    if (m_text->text().isEmpty())
        return;
    const Qt::CaseSensitivity sensitivity = m_matchesCase->isChecked() ? Qt::CaseSensitive : Qt::CaseInsensitive;
    QString text = m_editor.text();
    m_editor.replaceText(text.replace(m_text->text(), m_replacement->text(), sensitivity));
    say(matches());
}

} // namespace lunargate::ui
