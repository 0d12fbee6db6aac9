// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/keychain_banner.h"

#include "ui/keys/key_text.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace lunargate::ui {

KeychainBanner::KeychainBanner() : m_sign(new QLabel), m_title(new QLabel), m_text(new QLabel)
{
    setObjectName("banner");
    m_title->setObjectName("heading");
    m_text->setObjectName("muted");
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_title);
    texts->addWidget(m_text);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->setSpacing(12);
    layout->addWidget(m_sign, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    hide();
}

void KeychainBanner::show(const Error *problem)
{
    if (!problem)
        return hide();
    m_sign->setPixmap(icon(Glyph::Caution, Tone::Warning).pixmap(18, 18));
    const KeychainNotice notice = noticeOf(*problem);
    m_title->setText(notice.title);
    m_text->setText(notice.text);
    setVisible(true);
}

} // namespace lunargate::ui
