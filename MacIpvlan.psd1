@{
    # A root module would be loaded before the others. The first one loads what is compiled ahead of time in its stead.
    NestedModules          = @('bin/MacIpvlan.Loader.dll', 'bin/MacIpvlan.PowerShell.dll')
    # MacIpvlan.types.ps1xml names methods of it, and is read before modules are loaded.
    RequiredAssemblies     = @('bin/MacIpvlan.Loader.dll')
    ModuleVersion          = '0.1.0'
    CompatiblePSEditions   = @('Core')
    GUID                   = '5b0a3f0e-6d3c-4c0e-9a61-0f6a9f6b7a11'
    Author                 = 'The MacIpvlan authors'
    CompanyName            = 'The MacIpvlan authors'
    Copyright              = '(c) The MacIpvlan authors. MIT license.'
    Description            = 'Puts containers of any runtime straight onto the wire: macvlan and ipvlan networks, 802.1q sub-interfaces, addresses and NICs on Linux hosts, over rtnetlink.'
    PowerShellVersion      = '7.6'
    TypesToProcess         = @('MacIpvlan.types.ps1xml')
    FormatsToProcess       = @('MacIpvlan.Format.ps1xml')
    HelpInfoUri            = 'https://github.com/MacIpvlan/MacIpvlan/releases/latest/download/'
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()
    CmdletsToExport        = @(
        'Add-VlanSubInterface'
        'Connect-ContainerNic'
        'Disable-HostAccess'
        'Disconnect-ContainerNic'
        'Enable-HostAccess'
        'Export-ContainerNetwork'
        'Get-AddressDatabase'
        'Get-ContainerNetwork'
        'Get-ContainerNetworkAddress'
        'Get-ContainerNic'
        'Get-HostAccess'
        'Get-IpvlanNetwork'
        'Get-MacvlanNetwork'
        'Get-NetworkNamespace'
        'Get-VlanSubInterface'
        'Import-ContainerNetwork'
        'Initialize-AddressDatabase'
        'New-IpvlanNetwork'
        'New-MacvlanNetwork'
        'New-NetworkNamespace'
        'Register-AddressDatabase'
        'Remove-ContainerNetwork'
        'Remove-ContainerNetworkAddress'
        'Remove-IpvlanNetwork'
        'Remove-MacvlanNetwork'
        'Remove-NetworkNamespace'
        'Remove-VlanSubInterface'
        'Rename-ContainerNetwork'
        'Repair-ContainerNetwork'
        'Restore-ContainerNetwork'
        'Set-IpvlanNetwork'
        'Set-MacvlanNetwork'
        'Show-ContainerNetwork'
        'Test-AddressDatabase'
        'Test-ContainerNetwork'
        'Test-ContainerNic'
        'Unregister-AddressDatabase'
        'Update-ContainerNic'
        'Watch-ContainerNetwork'
        'Watch-ContainerNic'
    )
    PrivateData            = @{
        PSData = @{
            Tags         = @('Linux', 'Network', 'macvlan', 'ipvlan', 'VLAN', 'Container', 'Docker', 'Podman', 'netlink', 'PSEdition_Core')
            ProjectUri   = 'https://github.com/MacIpvlan/MacIpvlan'
            LicenseUri   = 'https://github.com/MacIpvlan/MacIpvlan/blob/main/LICENSE'
            IconUri      = 'https://raw.githubusercontent.com/MacIpvlan/MacIpvlan/main/docs/icon.png'
            # The build puts the newest section of this file here.
            ReleaseNotes = 'CHANGELOG.md'
        }
    }
}
