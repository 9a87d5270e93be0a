using EmbeddedHost.Pester;
using Microsoft.PowerShell.Commands;

namespace EmbeddedHost.Commands;

/// <summary>
/// The cmdlets that this program adds to those of the engine; the functions beside them are in the scripts of this
/// folder. Each has the parameters that our scripts and tests use, with the meaning they have in PowerShell. The
/// classes are in the namespace of PowerShell's own, because their full names are part of error ids.
/// </summary>
internal static class CommandTable
{
    public static readonly (string Name, Type Type)[] Cmdlets =
    [
        ("Write-Verbose", typeof(WriteMessageCommand)),
        ("Write-Warning", typeof(WriteMessageCommand)),
        ("Write-Debug", typeof(WriteMessageCommand)),
        ("Write-Host", typeof(WriteHostCommand)),
        ("Write-Output", typeof(WriteOutputCommand)),
        ("Write-Error", typeof(WriteErrorCommand)),
        ("Write-Information", typeof(WriteInformationCommand)),
        ("Write-Progress", typeof(WriteProgressCommand)),
        ("Select-Object", typeof(SelectObjectCommand)),
        ("Sort-Object", typeof(SortObjectCommand)),
        ("Group-Object", typeof(GroupObjectCommand)),
        ("Measure-Object", typeof(MeasureObjectCommand)),
        ("Compare-Object", typeof(CompareObjectCommand)),
        ("Tee-Object", typeof(TeeObjectCommand)),
        ("Format-Table", typeof(FormatTableCommand)),
        ("Format-List", typeof(FormatListCommand)),
        ("Out-String", typeof(OutStringCommand)),
        ("Out-File", typeof(OutFileCommand)),
        ("ConvertTo-Json", typeof(ConvertToJsonCommand)),
        ("ConvertFrom-Json", typeof(ConvertFromJsonCommand)),
        ("Get-Item", typeof(GetItemCommand)),
        ("Get-ChildItem", typeof(GetChildItemCommand)),
        ("New-Item", typeof(NewItemCommand)),
        ("Remove-Item", typeof(RemoveItemCommand)),
        ("Copy-Item", typeof(CopyItemCommand)),
        ("Move-Item", typeof(MoveItemCommand)),
        ("Test-Path", typeof(TestPathCommand)),
        ("Resolve-Path", typeof(ResolvePathCommand)),
        ("Convert-Path", typeof(ResolvePathCommand)),
        ("Get-Content", typeof(GetContentCommand)),
        ("Set-Content", typeof(WriteContentCommand)),
        ("Add-Content", typeof(WriteContentCommand)),
        ("Get-Variable", typeof(GetVariableCommand)),
        ("Set-Variable", typeof(SetVariableCommand)),
        ("Invoke-Expression", typeof(InvokeExpressionCommand)),
        ("Measure-Command", typeof(MeasureCommandCommand)),
        ("Start-Sleep", typeof(StartSleepCommand)),
        ("Add-TestBlock", typeof(AddTestBlockCommand)),
        ("Add-TestCase", typeof(AddTestCaseCommand)),
        ("Add-TestSetup", typeof(AddTestSetupCommand)),
        ("Assert-Expectation", typeof(ShouldCommand)),
        ("Set-ItResult", typeof(SetItResultCommand)),
        ("Invoke-Pester", typeof(InvokePesterCommand)),
    ];

    /// <summary>The engine takes no cmdlet name without a hyphen, so Pester's keywords are aliases.</summary>
    public static readonly (string Name, string Command)[] Aliases =
    [
        ("Describe", "Add-TestBlock"),
        ("Context", "Add-TestBlock"),
        ("It", "Add-TestCase"),
        ("BeforeDiscovery", "Add-TestSetup"),
        ("BeforeAll", "Add-TestSetup"),
        ("AfterAll", "Add-TestSetup"),
        ("BeforeEach", "Add-TestSetup"),
        ("AfterEach", "Add-TestSetup"),
        ("Should", "Assert-Expectation"),
    ];
}
