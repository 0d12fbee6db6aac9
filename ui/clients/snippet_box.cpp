// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/snippet_box.h"

#include "ui/clients/client.h"
#include "ui/shell/card.h"
#include "ui/shell/first_focus.h"
#include "ui/theme/icons.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QEvent>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QTextBlock>
#include <QToolTip>

#include <algorithm>

namespace lunargate::ui {

SnippetBox::SnippetBox()
    : m_text(new QPlainTextEdit),
      m_copy(new QToolButton),
      m_key(plainLabel({}, "muted")),
      m_note(plainLabel({}, "muted"))
{
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setTabChangesFocus(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setAccessibleName(tr("What to paste"));
    m_copy->setIcon(icon(Glyph::Copy));
    m_copy->setText(tr("Copy"));
    m_copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_copy, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(text());
        QToolTip::showText(m_copy->mapToGlobal(QPoint(0, m_copy->height())), tr("Copied"), m_copy);
    });
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_text, 1);
    row->addWidget(m_copy, 0, Qt::AlignTop);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(row);
    column->addWidget(m_key);
    column->addWidget(m_note);
    setFirstFocus(*this, m_copy);
}

void SnippetBox::show(const Client &client, const GatewayPlace &place)
{
    if (const QString wanted = client.snippet(place).trimmed(); wanted != text())
        m_text->setPlainText(wanted); // else what is selected stays so
    m_copy->setAccessibleName(tr("Copy the text for %1").arg(QString::fromUtf8(client.name)));
    m_key->setText(
        place.asksForKey
            ? tr("The gateway asks for a key. It is not in this text: keep it in the environment variable %1, "
                 "or fill it in where the program asks for it.")
                  .arg(kKeyVariable)
            : tr("The gateway asks for no key; programs that insist on one take any text."));
    m_note->setVisible(client.note != nullptr);
    m_note->setText(client.note ? QCoreApplication::translate("Client", client.note) : QString());
    fit();
}

void SnippetBox::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fit();
}

void SnippetBox::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

// As high as the text, which is short, and the bar below lines that are too long.
void SnippetBox::fit()
{
    constexpr int kPadding = 5; // of the style sheet, with the border
    constexpr int kBar = 14;
    const QFontMetrics metrics = m_text->fontMetrics();
    int widest = 0;
    for (QTextBlock line = m_text->document()->begin(); line.isValid(); line = line.next())
        widest = std::max(widest, metrics.horizontalAdvance(line.text()));
    const int margins = 2 * (static_cast<int>(m_text->document()->documentMargin()) + kPadding);
    const int bar = widest + margins > m_text->width() ? kBar : 0;
    m_text->setFixedHeight(m_text->document()->blockCount() * metrics.lineSpacing() + margins + bar);
}

} // namespace lunargate::ui
