namespace Recurrent.Layers;

/// <summary>Sizes of the batch that went forward last; 0 if there is none to go back through.</summary>
/// <param name="Time">Steps.</param>
/// <param name="Batch">Rows.</param>
internal readonly record struct GradientShape(int Time, int Batch);
