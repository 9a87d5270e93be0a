using EmbeddedHost;

// The engine reads this when it is loaded; it would start Application Insights otherwise.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

CommandLine commandLine;
try
{
    commandLine = CommandLine.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
    return CommandLine.UsageExitCode;
}

using var shell = new Shell(commandLine);
return shell.Run();
