using Ledger.Domain.Values;

namespace Ledger.App.Shell;

/// <summary>The body of what is said by its address: it may repeat what it is done to.</summary>
internal sealed class AddressFields
{
    /// <summary>As in the address; may be left out.</summary>
    public string? Id { get; set; }

    /// <exception cref="InvalidValueException">The body says something else.</exception>
    public static async Task Check(HttpRequest request, string id, CancellationToken cancel) => (await Fields.OfJson<AddressFields>(request, cancel)).Check(id);

    /// <exception cref="InvalidValueException">The body says something else.</exception>
    public void Check(string id)
    {
        if (Id is { } other && other != id)
            throw new InvalidValueException("id", $"stands in the address as '{Text.Shorten(id)}'; another one stands in the body");
    }
}
