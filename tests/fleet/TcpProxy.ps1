# A TCP proxy before a server of tests/fleet/Servers.ps1, with which a test cuts connections. Only this process's network namespace
# has it.

function Start-TcpProxy {
    # Starts a proxy before a server, and returns it with the properties of a server, and Proxy. A client that verifies the server's
    # certificate accepts it on an address that the certificate has. Stop-PostgresServer stops it too.
    param([Parameter(Mandatory)][object]$Server, [string]$Address = '127.0.0.1', [int]$Port = (Get-FreePort))
    if (-not ('TcpProxy' -as [type])) { Add-Type -Path $PSScriptRoot/TcpProxy.cs }
    $proxy = New-FleetServer Proxy $Server.Folder $Address $Port -Behind $Server
    $proxy | Add-Member Proxy ([TcpProxy]::new($Address, $Port, $Server.Address, $Server.Port))
    $proxy
}

function Disconnect-TcpProxy {
    # Resets all connections that go through a proxy, now or as soon as so many bytes more have passed, in both directions together.
    # Later connections are forwarded.
    param([object]$Proxy, [long]$AfterBytes)
    if ($AfterBytes) { $Proxy.Proxy.DisconnectAfter($AfterBytes) } else { $Proxy.Proxy.Disconnect() }
}

# Accepts connections and bytes, but passes nothing on, until Resume-TcpProxy.
function Suspend-TcpProxy([object]$Proxy) { $Proxy.Proxy.Suspend() }

function Resume-TcpProxy([object]$Proxy) { $Proxy.Proxy.Resume() }

# Cuts all connections, and refuses new ones.
function Stop-TcpProxy([object]$Proxy) { $Proxy.Proxy.Dispose() }
