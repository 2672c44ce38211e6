package llrp

import "strconv"

// param is the type of a parameter.
type param uint16

// TLV parameters, which have a length.
const (
	pUTC                  param = 128
	pUptime               param = 129
	pGeneral              param = 137
	pSensitivity          param = 139
	pAirProtocol          param = 140
	pGPIO                 param = 141
	pFeatures             param = 142
	pRegulatory           param = 143
	pUHFBand              param = 144
	pPowerLevel           param = 145
	pFrequencyInfo        param = 146
	pFixedFrequencies     param = 148
	pIdentification       param = 218
	pGPIValue             param = 181
	pAntennaConfiguration param = 222
	pRFTransmitter        param = 224
	pGen2Capabilities     param = 327
	pRFModeTable          param = 328
	pRFModeEntry          param = 329
	pInventoryCommand     param = 330
	pRFControl            param = 335
	pSingulationControl   param = 336
	pROSpec               param = 177
	pBoundary             param = 178
	pStartTrigger         param = 179
	pStopTrigger          param = 182
	pAISpec               param = 183
	pAIStopTrigger        param = 184
	pInventory            param = 186
	pKeepAliveSpec        param = 220
	pHold                 param = 226
	pReportSpec           param = 237
	pContentSelector      param = 238
	pTagReport            param = 240
	pEPC                  param = 241
	pEventSpec            param = 244
	pEventState           param = 245
	pEventData            param = 246
	pROSpecEvent          param = 249
	pBufferWarning        param = 250
	pBufferOverflow       param = 251
	pException            param = 252
	pAntennaEvent         param = 255
	pConnectionAttempt    param = 256
	pConnectionClose      param = 257
	pStatus               param = 287
)

// TV parameters, whose length follows from their type.
const (
	pAntenna       param = 1
	pFirstSeen     param = 2
	pFirstUptime   param = 3
	pLastSeen      param = 4
	pLastUptime    param = 5
	pPeakRSSI      param = 6
	pChannel       param = 7
	pSeenCount     param = 8
	pROSpecID      param = 9
	pInventoryID   param = 10
	pCRC           param = 11
	pPC            param = 12
	pEPC96         param = 13
	pSpecIndex     param = 14
	pClientResult  param = 15
	pAccessSpecID  param = 16
	pOpSpecID      param = 17
	pSingulation   param = 18
	pExtendedWord1 param = 19
	pExtendedWord2 param = 20
)

var shortSizes = map[param]int{
	pAntenna: 2, pFirstSeen: 8, pFirstUptime: 8, pLastSeen: 8, pLastUptime: 8, pPeakRSSI: 1, pChannel: 2, pSeenCount: 2,
	pROSpecID: 4, pInventoryID: 2, pCRC: 2, pPC: 2, pEPC96: 12, pSpecIndex: 2, pClientResult: 2, pAccessSpecID: 4,
	pOpSpecID: 2, pSingulation: 4, pExtendedWord1: 2, pExtendedWord2: 2,
}

var paramNames = map[param]string{
	pUTC: "UTCTimestamp", pUptime: "Uptime", pGeneral: "GeneralDeviceCapabilities", pFeatures: "LLRPCapabilities",
	pROSpec: "ROSpec", pBoundary: "ROBoundarySpec", pStartTrigger: "ROSpecStartTrigger", pStopTrigger: "ROSpecStopTrigger",
	pAISpec: "AISpec", pAIStopTrigger: "AISpecStopTrigger", pInventory: "InventoryParameterSpec",
	pKeepAliveSpec: "KeepaliveSpec", pHold: "EventsAndReports", pReportSpec: "ROReportSpec",
	pContentSelector: "TagReportContentSelector", pTagReport: "TagReportData", pEPC: "EPCData",
	pEventSpec: "ReaderEventNotificationSpec", pEventState: "EventNotificationState", pEventData: "ReaderEventNotificationData",
	pROSpecEvent: "ROSpecEvent", pBufferWarning: "ReportBufferLevelWarningEvent", pBufferOverflow: "ReportBufferOverflowErrorEvent",
	pException: "ReaderExceptionEvent", pAntennaEvent: "AntennaEvent", pConnectionAttempt: "ConnectionAttemptEvent",
	pConnectionClose: "ConnectionCloseEvent", pStatus: "LLRPStatus",
	pAntenna: "AntennaID", pFirstSeen: "FirstSeenTimestampUTC", pLastSeen: "LastSeenTimestampUTC", pPeakRSSI: "PeakRSSI",
	pSeenCount: "TagSeenCount", pROSpecID: "ROSpecID", pEPC96: "EPC-96",
}

// String returns the parameter's name in the specification, or its number.
func (p param) String() string {
	if name, ok := paramNames[p]; ok {
		return name
	}
	return "parameter " + strconv.Itoa(int(p))
}
