// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>

namespace lunargate::ui {

/// The desktop app's window. A placeholder that names the product and the gateway's address for now.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(const QString &baseUrl, QWidget *parent = nullptr);
};

} // namespace lunargate::ui
