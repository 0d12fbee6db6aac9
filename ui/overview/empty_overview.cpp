// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/empty_overview.h"

#include "ui/theme/icons.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>

namespace lunargate::ui {

namespace {

constexpr int kTextWidth = 460;

} // namespace

EmptyOverview::EmptyOverview()
    : m_title(new QLabel), m_text(new QLabel), m_address(new QLineEdit), m_copy(new QPushButton(tr("Copy")))
{
    m_title->setObjectName("title");
    m_title->setTextFormat(Qt::PlainText);
    m_title->setAlignment(Qt::AlignCenter);
    m_text->setObjectName("muted");
    m_text->setTextFormat(Qt::PlainText);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setWordWrap(true);
    m_text->setFixedWidth(kTextWidth);
    m_address->setReadOnly(true);
    m_address->setAccessibleName(tr("Base URL"));
    m_address->setFixedWidth(kTextWidth / 2 + 40);
    m_copy->setIcon(icon(Glyph::Copy));
    m_copy->setAccessibleName(tr("Copy the base URL"));
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_address->text()); });
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addStretch(1);
    row->addWidget(m_address);
    row->addWidget(m_copy);
    row->addStretch(1);
    auto *text = new QHBoxLayout; // lets it be as high as its lines
    text->addStretch(1);
    text->addWidget(m_text);
    text->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->addStretch(2);
    column->addWidget(m_title);
    column->addLayout(text);
    column->addLayout(row);
    column->addStretch(3);
}

void EmptyOverview::show(const QString &title, const QString &text, const QString &address)
{
    m_title->setText(title);
    m_text->setText(text);
    m_address->setText(address);
    m_address->setVisible(!address.isEmpty());
    m_copy->setVisible(!address.isEmpty());
}

} // namespace lunargate::ui
