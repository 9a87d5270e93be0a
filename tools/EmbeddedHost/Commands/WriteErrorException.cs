namespace Microsoft.PowerShell.Commands;

/// <summary>What Write-Error wraps around a mere message.</summary>
public sealed class WriteErrorException(string message) : Exception(message);
