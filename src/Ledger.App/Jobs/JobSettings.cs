using System.Globalization;
using Ledger.Domain.Values;

namespace Ledger.App.Jobs;

/// <summary>What is configured for one job: <c>Ledger:Jobs:NAME:SETTING</c>, the name without its dashes.</summary>
internal sealed class JobSettings(IConfiguration configuration, string job, string dataFolder)
{
    public const string Section = "Ledger:Jobs";

    private readonly SortedSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The ledger's own folder on this machine.</summary>
    public string DataFolder => dataFolder;

    /// <summary>Null where nothing is set.</summary>
    public string? this[string setting]
    {
        get
        {
            _asked.Add(setting);
            return configuration[Key(setting)] is { Length: > 0 } value ? value : null;
        }
    }

    public string Key(string setting) => $"{Section}:{SectionOf(job)}:{setting}";

    /// <summary>How a job is called where dashes cannot stand, in the names of variables.</summary>
    public static string SectionOf(string job) => job.Replace("-", "", StringComparison.Ordinal);

    public int Number(string setting, int otherwise, int min) => this[setting] is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min ? number
        : throw new InvalidValueException(Key(setting), $"'{text}' is no number from {min}");

    public bool Flag(string setting, bool otherwise) => this[setting] is not { } text ? otherwise
        : bool.TryParse(text, out var flag) ? flag : throw new InvalidValueException(Key(setting), $"'{text}' is neither true nor false");

    /// <summary>What is written and nobody has asked for would be without effect.</summary>
    /// <exception cref="InvalidValueException">There is such a setting.</exception>
    public void CheckAsked()
    {
        if (configuration.GetSection($"{Section}:{SectionOf(job)}").GetChildren().FirstOrDefault(child => !_asked.Contains(child.Key)) is { } unknown)
            throw new InvalidValueException(unknown.Path, $"there is no such setting; there are {string.Join(", ", _asked)}");
    }
}
