// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settings_page.h"

#include "gateway/version.h"
#include "ui/shell/card.h"

#include <QFormLayout>
#include <QScrollArea>
#include <QSignalBlocker>

namespace lunargate::ui {

namespace {

constexpr int kCardWidth = 620;

Card *card(const QString &heading)
{
    auto *frame = new Card(heading);
    frame->setMaximumWidth(kCardWidth);
    return frame;
}

QCheckBox *addSwitch(Card *card, const QString &text, const QString &explanation, bool isOn)
{
    auto *box = new QCheckBox(text);
    box->setChecked(isOn);
    box->setAccessibleDescription(explanation);
    card->content().addWidget(box);
    if (!explanation.isEmpty()) {
        QLabel *more = plainLabel(explanation, "muted");
        more->setContentsMargins(22, 0, 0, 4);
        card->content().addWidget(more);
    }
    return box;
}

} // namespace

SettingsPage::SettingsPage(Settings &settings, Theme &theme, Autostart autostart,
                           const std::function<StartCommand()> &startCommand)
    : m_settings(settings), m_theme(theme), m_autostart(std::move(autostart))
{
    auto *content = new QWidget;
    content->setObjectName("page");
    auto *cards = new QVBoxLayout(content);
    cards->setContentsMargins(0, 0, 0, 0);
    cards->setSpacing(12);
    cards->addWidget(makeAppearance());
    cards->addWidget(makeStart(startCommand));
    cards->addWidget(makeNotifications());
    cards->addWidget(plainLabel(tr("LunarGate %1 · GPL-3.0-or-later").arg(QString::fromUtf8(version())), "muted"));
    cards->addStretch(1);
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setWidget(content);
    area->setFocusPolicy(Qt::NoFocus);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(plainLabel(tr("Settings"), "title"));
    layout->addWidget(area, 1);
    setFocusProxy(m_themeChoice);
}

QWidget *SettingsPage::makeAppearance()
{
    Card *frame = card(tr("Appearance"));
    m_themeChoice = new QComboBox;
    m_themeChoice->addItems({tr("As the desktop has it"), tr("Light"), tr("Dark")}); // as in Theme::Choice
    m_themeChoice->setAccessibleName(tr("Theme"));
    showTheme();
    connect(m_themeChoice, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_theme.setChoice(static_cast<Theme::Choice>(index));
        m_settings.setTheme(m_theme.choice());
    });
    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    form->setHorizontalSpacing(16);
    form->addRow(tr("Theme"), m_themeChoice);
    frame->content().addLayout(form);
    return frame;
}

QWidget *SettingsPage::makeStart(const std::function<StartCommand()> &startCommand)
{
    Card *frame = card(tr("Start and window"));
    m_startAtLogin =
        addSwitch(frame, tr("Start when I log in"),
                  tr("The desktop's own list of programs that start at login shows it, too."), m_autostart.isOn());
    connect(m_startAtLogin, &QCheckBox::toggled, this,
            [this, startCommand](bool on) { setAutostart(on, startCommand); });
    m_problem = plainLabel({}, "problem");
    m_problem->hide();
    frame->content().addWidget(m_problem);
    QCheckBox *minimised =
        addSwitch(frame, tr("Start without opening the window"),
                  tr("Only the icon in the tray shows up. Without a tray the window starts minimised."),
                  m_settings.startsMinimised());
    connect(minimised, &QCheckBox::toggled, this, [this](bool on) { m_settings.setStartsMinimised(on); });
    QCheckBox *toTray = addSwitch(frame, tr("Keep running in the tray when I close the window"),
                                  tr("Off: closing the window asks."), m_settings.closesToTray());
    connect(toTray, &QCheckBox::toggled, this, [this](bool on) { m_settings.setClosesToTray(on); });
    return frame;
}

QWidget *SettingsPage::makeNotifications()
{
    Card *frame = card(tr("Notifications"));
    const std::pair<NotificationKind, QString> kinds[] = {
        {NotificationKind::Circuit, tr("A provider's circuit opens or closes")},
        {NotificationKind::Key, tr("A provider rejects its API key")},
        {NotificationKind::Config, tr("A changed configuration is refused")}};
    for (const auto &[kind, text] : kinds) {
        QCheckBox *box = addSwitch(frame, text, {}, m_settings.notifiesOf(kind));
        connect(box, &QCheckBox::toggled, this, [this, kind](bool on) { m_settings.setNotifiesOf(kind, on); });
    }
    return frame;
}

void SettingsPage::showTheme()
{
    const QSignalBlocker blocker(m_themeChoice);
    m_themeChoice->setCurrentIndex(static_cast<int>(m_theme.choice()));
}

void SettingsPage::setAutostart(bool on, const std::function<StartCommand()> &startCommand)
{
    const QString problem = on ? m_autostart.turnOn(startCommand()) : m_autostart.turnOff();
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    const QSignalBlocker blocker(m_startAtLogin);
    m_startAtLogin->setChecked(m_autostart.isOn());
}

} // namespace lunargate::ui
