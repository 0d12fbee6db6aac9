// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include <QLabel>

namespace lunargate::ui {

MainWindow::MainWindow(const QString &baseUrl, QWidget *parent) : QMainWindow(parent)
{
    setWindowTitle(QStringLiteral("LunarGate"));
    auto *label = new QLabel(tr("LunarGate answers on %1").arg(baseUrl), this);
    label->setTextFormat(Qt::PlainText);
    label->setAlignment(Qt::AlignCenter);
    label->setMargin(24);
    setCentralWidget(label);
}

} // namespace lunargate::ui
