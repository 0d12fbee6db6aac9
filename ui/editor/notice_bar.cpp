// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/notice_bar.h"

#include <QEvent>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

const char *lookOf(Tone tone)
{
    return tone == Tone::Error ? "failure" : tone == Tone::Warning ? "banner" : "card";
}

} // namespace

NoticeBar::NoticeBar(QWidget *parent)
    : QFrame(parent),
      m_sign(new QLabel(this)),
      m_title(new QLabel(this)),
      m_text(new QLabel(this)),
      m_buttons(new QHBoxLayout)
{
    m_title->setObjectName("heading");
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_text->setObjectName("muted");
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_title);
    texts->addWidget(m_text);
    m_buttons->setSpacing(8);
    auto *close = new QToolButton;
    close->setProperty("flat", true);
    close->setIcon(icon(Glyph::Close, Tone::Muted));
    close->setAccessibleName(tr("Close the notice"));
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->setSpacing(10);
    layout->addWidget(m_sign, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    layout->addLayout(m_buttons);
    layout->addWidget(close, 0, Qt::AlignTop);
    hide();
}

void NoticeBar::say(const Notice &notice)
{
    setObjectName(lookOf(notice.tone));
    style()->polish(this); // the object name chooses its look
    m_tone = notice.tone;
    showSign();
    m_title->setText(notice.title);
    m_text->setText(notice.text);
    m_text->setVisible(!notice.text.isEmpty());
    while (QLayoutItem *item = m_buttons->takeAt(0)) {
        item->widget()->deleteLater(); // it may be the one that was clicked
        item->widget()->hide();
        delete item;
    }
    for (const Choice &choice : notice.choices) {
        auto *button = new QPushButton(choice.text);
        connect(button, &QPushButton::clicked, this, [this, run = choice.run] {
            hide();
            run();
        });
        m_buttons->addWidget(button);
    }
    show();
}

void NoticeBar::showSign()
{
    m_sign->setPixmap(icon(signOf(m_tone, Glyph::Bookmark), m_tone).pixmap(18, 18));
}

void NoticeBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showSign();
}

} // namespace lunargate::ui
