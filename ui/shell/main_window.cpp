// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include "ui/shell/command_palette.h"

#include <QClipboard>
#include <QCloseEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QStatusBar>
#include <QToolTip>

namespace lunargate::ui {

namespace {

constexpr int kSidebarWidth = 168;

} // namespace

MainWindow::MainWindow(GatewayWatch &watch, Settings &settings, Actions &actions)
    : m_watch(watch),
      m_settings(settings),
      m_actions(actions),
      m_navigation(new QListWidget),
      m_pages(new QStackedWidget),
      m_banner(new StateBanner)
{
    setObjectName("window");
    setWindowTitle(QStringLiteral("LunarGate"));
    resize(1180, 760);
    auto *content = new QWidget;
    content->setObjectName("page");
    auto *column = new QVBoxLayout;
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(12);
    column->addWidget(m_banner);
    column->addWidget(m_pages, 1);
    auto *layout = new QHBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeSidebar());
    layout->addLayout(column, 1);
    setCentralWidget(content);
    makeStatusBar();

    connect(&watch, &GatewayWatch::stateChanged, this, &MainWindow::showState);
    connect(m_navigation, &QListWidget::currentRowChanged, m_pages, &QStackedWidget::setCurrentIndex);
    connect(m_banner, &StateBanner::retryRequested, this, &MainWindow::retryRequested);
    connect(m_banner, &StateBanner::resumeRequested, &watch, [&watch] { watch.setPaused(false); });
    showState();
    restoreGeometry(settings.layoutOf(objectName()));
}

MainWindow::~MainWindow()
{
    m_settings.setLayoutOf(objectName(), saveGeometry());
}

QWidget *MainWindow::makeSidebar()
{
    auto *sidebar = new QWidget;
    sidebar->setObjectName("sidebar");
    sidebar->setAttribute(Qt::WA_StyledBackground);
    sidebar->setFixedWidth(kSidebarWidth);
    auto *sign = new QLabel;
    sign->setPixmap(stateIcon(Condition::Running).pixmap(24, 24));
    auto *name = new QLabel(QStringLiteral("LunarGate"));
    name->setObjectName("product");
    auto *head = new QHBoxLayout;
    head->setContentsMargins(8, 0, 0, 8);
    head->addWidget(sign);
    head->addWidget(name, 1);
    m_navigation->setObjectName("navigation");
    m_navigation->setAccessibleName(tr("Pages"));
    m_navigation->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_navigation->setIconSize(QSize(18, 18));
    m_navigation->setSpacing(1);
    auto *palette = new QToolButton;
    palette->setProperty("flat", true);
    palette->setIcon(icon(Glyph::Command, Tone::Muted));
    palette->setText(tr("Commands"));
    palette->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(palette, &QToolButton::clicked, this, &MainWindow::openCommandPalette);
    auto *shortcut = new QLabel(QKeySequence(Qt::CTRL | Qt::Key_K).toString(QKeySequence::NativeText));
    shortcut->setObjectName("muted");
    auto *foot = new QHBoxLayout;
    foot->addWidget(palette);
    foot->addStretch(1);
    foot->addWidget(shortcut);
    auto *column = new QVBoxLayout(sidebar);
    column->setContentsMargins(8, 14, 8, 10);
    column->addLayout(head);
    column->addWidget(m_navigation, 1);
    column->addLayout(foot);
    return sidebar;
}

void MainWindow::makeStatusBar()
{
    m_stateSign = new QLabel;
    m_stateText = new QLabel;
    m_stateText->setAccessibleName(tr("State of the gateway"));
    m_stateText->setTextFormat(Qt::PlainText);
    m_address = new QToolButton;
    m_address->setObjectName("address");
    m_address->setProperty("flat", true);
    m_address->setIcon(icon(Glyph::Copy, Tone::Muted));
    m_address->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_address->setToolTip(tr("Copy the base URL"));
    connect(m_address, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_address->text());
        QToolTip::showText(QCursor::pos(), tr("Copied"), m_address);
    });
    auto *state = new QWidget;
    auto *row = new QHBoxLayout(state);
    row->setContentsMargins(12, 2, 0, 2);
    row->setSpacing(8);
    row->addWidget(m_stateSign);
    row->addWidget(m_stateText);
    statusBar()->addWidget(state);
    statusBar()->addPermanentWidget(m_address);
    statusBar()->setSizeGripEnabled(false);
}

void MainWindow::showState()
{
    const GatewayState &state = m_watch.state();
    m_banner->show(state);
    m_stateSign->setPixmap(icon(conditionGlyph(state.condition), conditionTone(state.condition)).pixmap(14, 14));
    m_stateText->setText(summary(state));
    m_address->setVisible(!state.address.isEmpty());
    m_address->setText(state.address + QStringLiteral("/v1"));
    m_address->setAccessibleName(tr("Copy the base URL %1").arg(m_address->text()));
    setWindowIcon(stateIcon(state.condition));
}

void MainWindow::addPage(const QString &name, Glyph glyph, QWidget *page)
{
    page->setAccessibleName(name);
    m_pages->addWidget(page);
    new QListWidgetItem(icon(glyph), name, m_navigation);
    if (m_navigation->currentRow() < 0)
        goTo(page);
    const QKeySequence shortcut(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + m_pages->count()));
    addAction(m_actions.add(tr("Go to %1").arg(name), glyph, shortcut, [this, page] { goTo(page); }));
}

void MainWindow::goTo(QWidget *page)
{
    m_navigation->setCurrentRow(m_pages->indexOf(page));
    page->setFocus();
}

void MainWindow::raiseUp()
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::openCommandPalette()
{
    (new CommandPalette(m_actions.all(), this))->open();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    event->setAccepted(m_isClosable);
    if (!m_isClosable)
        Q_EMIT closeRequested();
}

} // namespace lunargate::ui
