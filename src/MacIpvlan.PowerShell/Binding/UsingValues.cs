using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace MacIpvlan.PowerShell;

/// <summary>
/// The values of $using: in a script block, from the session that it was written in. PowerShell passes them to another runspace as a
/// parameter named --%, by keys made of the expressions.
/// </summary>
internal static class UsingValues
{
    /// <summary>The name of the parameter.</summary>
    public const string Parameter = "--%";

    /// <summary>Reads the values.</summary>
    /// <param name="script">The script block.</param>
    /// <param name="session">Where its variables are.</param>
    /// <returns>The values by their keys; empty if it has none.</returns>
    /// <exception cref="NetworkException">InvalidParameter: a variable doesn't exist, or is a script block, which belongs to its runspace.</exception>
    public static Hashtable Read(ScriptBlock script, SessionState session)
    {
        Hashtable values = [];
        foreach (UsingExpressionAst expression in script.Ast.FindAll(static a => a is UsingExpressionAst, searchNestedScriptBlocks: true).Cast<UsingExpressionAst>())
        {
            object? value = Evaluate(expression.SubExpression, session);
            if (value is PSObject { BaseObject: ScriptBlock } or ScriptBlock) throw new NetworkException(
                NetworkError.InvalidParameter, $"{expression} is a script block, which can't run in another runspace.", "Write its commands into the script block itself.");
            values[KeyOf(expression)] = value;
        }

        return values;
    }

    private static object? Evaluate(ExpressionAst expression, SessionState session)
    {
        VariableExpressionAst variable = UsingExpressionAst.ExtractUsingVariable((UsingExpressionAst)expression.Parent);
        string name = variable.VariablePath.UserPath;
        if (variable.VariablePath.IsVariable && session.PSVariable.Get(name) is null) throw new NetworkException(
            NetworkError.InvalidParameter, $"$using:{name} has no value: there is no variable ${name} here.", "Set the variable first.");
        if (variable.VariablePath.IsVariable && ReferenceEquals(expression, variable)) return session.PSVariable.GetValue(name);
        // Such as $using:list[0].Name: the same without using.
        string text = expression.Extent.Text;
        int start = variable.Extent.StartOffset - expression.Extent.StartOffset;
        return Invoke($"{text[..start]}${{{CodeGeneration.EscapeVariableName(name)}}}{text[(start + variable.Extent.Text.Length)..]}", session);
    }

    // The result of a script is taken apart twice: by its pipeline, and by the list that it's returned in.
    private static PSObject? Invoke(string expression, SessionState session) =>
        session.InvokeCommand.InvokeScript(session, ScriptBlock.Create($",,({expression})")) is [PSObject value] ? value : null;

    private static string KeyOf(UsingExpressionAst expression)
    {
        string text = expression.ToString();
        return Convert.ToBase64String(Encoding.Unicode.GetBytes(expression.SubExpression is VariableExpressionAst ? text.ToLowerInvariant() : text));
    }
}
