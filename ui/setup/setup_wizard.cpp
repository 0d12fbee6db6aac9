// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/setup_wizard.h"

#include "gateway/config/config_reader.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QUrl>

#include <utility>

namespace lunargate::ui {

namespace {

QString titleOf(int step)
{
    const QString titles[] = {SetupWizard::tr("What is there"), SetupWizard::tr("Choose providers"),
                              SetupWizard::tr("Port and configuration"), SetupWizard::tr("Connect a client")};
    return titles[step];
}

QScrollArea *scrolling(QWidget *step)
{
    auto *content = new QWidget;
    content->setObjectName("page");
    auto *inner = new QVBoxLayout(content);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->addWidget(step);
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(content);
    return area;
}

/// Why the gateway would refuse it; empty: it takes it.
QString problemOf(const QByteArray &text, const Environment &environment)
{
    const ConfigReading reading = readConfigText(text, "config.yaml", environment);
    QStringList problems;
    for (const ConfigProblem &problem : reading.problems)
        problems.append(QString::fromUtf8(problem.toText()));
    return reading.config ? QString() : problems.join(u'\n');
}

} // namespace

SetupWizard::SetupWizard(const SetupOptions &options, QWidget *parent)
    : QDialog(parent),
      m_options(options),
      m_count(plainLabel({}, "muted")),
      m_title(plainLabel({}, "title")),
      m_steps(new QStackedWidget),
      m_find(new FindStep(options.environment, options.localServers)),
      m_choose(new ChooseStep),
      m_port(new PortStep(options.configFile, options.isPortFixed)),
      m_connect(new ConnectStep),
      m_skip(new QPushButton(tr("Skip"))),
      m_back(new QPushButton(tr("&Back"))),
      m_next(new QPushButton)
{
    setWindowTitle(tr("Set up LunarGate"));
    setObjectName("setup");
    for (QWidget *step : {static_cast<QWidget *>(m_find), static_cast<QWidget *>(m_choose),
                          static_cast<QWidget *>(m_port), static_cast<QWidget *>(m_connect)})
        m_steps->addWidget(scrolling(step));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, 18, 20, 16);
    column->setSpacing(12);
    column->addWidget(m_count);
    column->addWidget(m_title);
    column->addWidget(m_steps, 1);
    column->addWidget(makeButtons());
    resize(720, 600);
    connect(m_find, &FindStep::finished, this, [this] { m_choose->setFound(m_find->found()); });
    connect(m_port, &PortStep::portChanged, this, &SetupWizard::showText);
    goTo(Find);
    m_find->search();
}

QWidget *SetupWizard::makeButtons()
{
    m_skip->setToolTip(
        tr("Nothing is written. The simulator answers, and this can be opened again from the commands and "
           "the page Clients"));
    m_next->setDefault(true);
    connect(m_skip, &QPushButton::clicked, this, &SetupWizard::reject);
    connect(m_back, &QPushButton::clicked, this, [this] { goTo(m_steps->currentIndex() - 1); });
    connect(m_next, &QPushButton::clicked, this, &SetupWizard::goOn);
    auto *buttons = new QWidget;
    auto *row = new QHBoxLayout(buttons);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_skip);
    row->addStretch(1);
    row->addWidget(m_back);
    row->addWidget(m_next);
    return buttons;
}

void SetupWizard::setGateway(Gateway *gateway)
{
    m_ownPort = gateway ? QUrl(QString::fromUtf8(gateway->address())).port() : 0;
    m_connect->setGateway(gateway);
    if (m_steps->currentIndex() != Connect) {
        m_port->setOwnPort(m_ownPort);
        showText();
    }
}

void SetupWizard::goTo(int step)
{
    m_steps->setCurrentIndex(step);
    m_count->setText(tr("Step %1 of %2").arg(step + 1).arg(m_steps->count()));
    m_title->setText(titleOf(step));
    m_skip->setVisible(step != Connect);
    m_back->setVisible(step == Choose || step == Port);
    if (step == Choose)
        m_choose->setFound(m_find->found());
    if (step == Connect)
        m_connect->listen();
    showText();
    m_next->setFocus();
}

QByteArray SetupWizard::text() const
{
    const std::optional<int> port = m_options.isPortFixed ? std::nullopt : std::optional(m_port->port());
    const bool isNews = port && *port != m_ownPort;
    std::vector<FoundProvider> providers = m_choose->chosen();
    return providers.empty() && !isNews ? QByteArray() : setupText({.providers = std::move(providers), .port = port});
}

void SetupWizard::showText()
{
    const QByteArray wanted = text();
    m_port->setText(wanted);
    const bool isLast = m_steps->currentIndex() == Connect;
    const bool writes = m_steps->currentIndex() == Port && !wanted.isEmpty() && !m_port->hasFile();
    m_next->setText(isLast ? tr("&Done") : writes ? tr("&Finish") : tr("&Next"));
}

void SetupWizard::goOn()
{
    const int step = m_steps->currentIndex();
    if (step == Connect)
        accept();
    else if (step != Port || finish())
        goTo(step + 1);
}

bool SetupWizard::finish()
{
    m_port->tell({});
    const QByteArray wanted = text();
    if (m_port->hasFile() || wanted.isEmpty())
        return true;
    QString problem = problemOf(wanted, m_options.environment);
    if (problem.isEmpty()) {
        const auto written = writeNewConfig(m_options.configFile, wanted);
        problem = written ? QString() : written.error();
    }
    m_port->tell(problem);
    if (!problem.isEmpty())
        return false;
    Q_EMIT configWritten(m_port->port());
    return true;
}

} // namespace lunargate::ui
