// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/find_step.h"

#include "gateway/upstream/curl_transport.h"
#include "ui/shell/card.h"
#include "ui/theme/icons.h"

#include <QHBoxLayout>

#include <utility>

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;

// A server of this machine that takes longer is not ready for anything.
constexpr auto kPatience = 1500ms;

QLayout *signedLine(Glyph glyph, Tone tone, const QString &text)
{
    auto *sign = new QLabel;
    sign->setPixmap(icon(glyph, tone).pixmap(16, 16));
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(sign, 0, Qt::AlignTop);
    row->addWidget(plainLabel(text, "finding"), 1);
    return row;
}

void clear(QLayout &layout)
{
    while (QLayoutItem *item = layout.takeAt(0)) {
        if (item->layout())
            clear(*item->layout());
        if (item->widget())
            item->widget()->deleteLater();
        delete item; // a layout item belongs to who took it
    }
}

} // namespace

FindStep::FindStep(Environment environment, std::vector<LocalServer> servers)
    : m_environment(std::move(environment)),
      m_servers(std::move(servers)),
      m_state(plainLabel({}, "muted")),
      m_again(new QPushButton(icon(Glyph::Refresh), tr("Look again"))),
      m_list(new QVBoxLayout),
      m_transport(std::make_unique<CurlTransport>(CurlTransport::Options{.proxies = {}})),
      m_searching(std::make_unique<TaskRunner>())
{
    m_list->setSpacing(8);
    auto *card = new Card(tr("On this machine"));
    card->content().addSpacing(4);
    card->content().addLayout(m_list);
    auto *foot = new QHBoxLayout;
    foot->addWidget(m_state, 1);
    foot->addWidget(m_again);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(
        plainLabel(tr("LunarGate looks for keys of known services in the environment, and for Ollama, "
                      "LM Studio, llama.cpp and vLLM on their usual ports. Nothing is sent anywhere else, "
                      "and no key is copied: the configuration names its variable."),
                   "muted"));
    column->addWidget(card);
    column->addLayout(foot);
    column->addStretch(1);
    connect(m_again, &QPushButton::clicked, this, &FindStep::search);
}

FindStep::~FindStep() = default;

void FindStep::search()
{
    m_searching = std::make_unique<TaskRunner>();
    m_found = providersWithKeys(m_environment);
    show(true);
    m_searching->start(searchServers(), [this](const std::exception_ptr &) {
        show(false);
        Q_EMIT finished();
    });
}

Task<> FindStep::searchServers()
{
    const std::vector<FoundProvider> servers =
        co_await findLocalServers(*m_transport, m_servers, deadlineIn(kPatience));
    m_found.insert(m_found.end(), servers.begin(), servers.end());
}

void FindStep::show(bool isSearching)
{
    clear(*m_list);
    for (const FoundProvider &provider : m_found)
        m_list->addLayout(provider.isUsable() ? signedLine(Glyph::Check, Tone::Ok, describe(provider))
                                              : signedLine(Glyph::Caution, Tone::Warning, describe(provider)));
    if (m_found.empty() && !isSearching)
        m_list->addLayout(
            signedLine(Glyph::Ring, Tone::Muted,
                       tr("Nothing was found. The built-in simulator answers until there is a provider.")));
    m_state->setText(isSearching ? tr("Looking for model servers …") : QString());
    m_again->setEnabled(!isSearching);
}

} // namespace lunargate::ui
